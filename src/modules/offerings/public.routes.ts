import { pageOf, route, type Route } from '../../platform/http';
import type { OperatorDirectory } from '../identity';
import { asOffering, offeringsView, offeringView, publicParams, publicQuery } from './schema';
import type { OfferingViewing, Viewer } from './viewing.service';

export interface PublicOfferingRouteDeps {
  readonly viewing: OfferingViewing;
  readonly operators: OperatorDirectory;
}

const TAG = 'Offerings';
const NOBODY: Viewer = { user: undefined, isVerified: false };

/** What anybody may see without a log-in. */
export function publicRoutes({ viewing, operators }: PublicOfferingRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/offerings',
      tag: TAG,
      summary: 'Live offerings of an operator, for everybody',
      description:
        'Empty where the law knows no public offer: there only verified users see offerings.',
      access: 'public',
      query: publicQuery,
      operator: ({ query }) => operators.findByCode(query.operator)?.id,
      replies: { 200: offeringsView },
      read: async (db, { query }) => {
        operators.getByCode(query.operator);
        const { limit, after } = query;
        const filter = { status: 'live' as const, after, limit: limit + 1 };
        const rows = await viewing.list(db, NOBODY, filter);
        const { items, next } = pageOf(rows, limit, (row) => row.offering.id);
        return { status: 200, body: { items: items.map(asOffering), next } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/operators/{operator}/offerings/{id}',
      tag: TAG,
      summary: 'A public offering with its terms, documents and progress, for everybody',
      access: 'public',
      params: publicParams,
      operator: ({ params }) => operators.findByCode(params.operator)?.id,
      replies: { 200: offeringView },
      read: async (db, { params }) => {
        operators.getByCode(params.operator);
        return { status: 200, body: asOffering(await viewing.see(db, params.id, NOBODY)) };
      },
    }),
  ];
}
