import { z } from 'zod';
import type { Money } from '../../../src/kernel/money';
import type { AuthenticatedUser } from '../../../src/platform/auth';
import {
  dateInput,
  idInput,
  idView,
  moneyInput,
  moneyView,
  noContent,
  page,
  pageOf,
  pageQuery,
  route,
} from '../../../src/platform/http';

const view = z.object({
  id: idView('off'),
  amount: moneyView,
  status: z.enum(['draft', 'live']),
});
const labels = { tag: 'Offerings', summary: 'For the compiler' } as const;

describe('the types of a route', () => {
  it('tie the handler to the schemas of its parts and replies', () => {
    const typed = route({
      ...labels,
      method: 'post',
      path: '/v1/offerings/{id}/submit',
      access: { roles: ['issuer'] },
      idempotent: true,
      params: z.strictObject({ id: idInput('off') }),
      body: z.strictObject({ amount: moneyInput, on: dateInput.optional() }),
      replies: { 200: view, 201: view, 204: noContent },
      write: async (tx, { body, params, user, operatorId }) => {
        const amount: Money = body.amount;
        const caller: AuthenticatedUser = user;
        const operator: number = operatorId;
        if (amount.isZero) return { status: 204 };
        await tx.execute('select 1', { caller: caller.id, operator });
        return { status: 200, body: { id: params.id, amount, status: 'draft' } };
      },
    });
    expect(typed.path).toBe('/v1/offerings/{id}/submit');
  });

  it('give pages of items and no user to public routes', () => {
    const typed = route({
      ...labels,
      method: 'get',
      path: '/v1/offerings',
      access: 'public',
      query: pageQuery,
      replies: { 200: page(view) },
      read: async (db, { query, user }) => {
        const nobody: undefined = user;
        const rows = await db.query<{ id: 'off_1'; amount: Money; status: 'live' }>(String(nobody));
        return { status: 200, body: pageOf(rows, query.limit, (row) => row.id) };
      },
    });
    expect(typed.access).toBe('public');
  });

  it('refuse replies the route does not declare', () => {
    const declared = { ...labels, method: 'post', path: '/v1/x', access: 'public' } as const;
    const wrong = [
      // @ts-expect-error The status is not declared.
      route({ ...declared, replies: { 204: noContent }, run: async () => ({ status: 200 }) }),
      // @ts-expect-error The body lacks fields of the view.
      route({ ...declared, replies: { 200: view }, run: async () => ({ status: 200, body: {} }) }),
      // @ts-expect-error The body is missing.
      route({ ...declared, replies: { 200: view }, run: async () => ({ status: 200 }) }),
    ];
    expect(wrong).toHaveLength(3);
  });
});
