import { z } from 'zod';
import { dateIn } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import { route, type Route } from '../../platform/http';
import type { OperatorDirectory } from '../identity';
import { OVERSEERS, visibleIssuer } from './access.service';
import { ownershipStatements } from './bods';
import type { IssuerService } from './issuer.service';
import { issuerParams } from './schema';

export interface OwnershipRouteDeps {
  readonly clock: Clock;
  readonly issuers: IssuerService;
  readonly operators: OperatorDirectory;
}

const statements = z
  .array(z.record(z.string(), z.unknown()))
  .readonly()
  .meta({ description: 'Statements of the Beneficial Ownership Data Standard 0.4.' });

export function ownershipRoutes({
  clock,
  issuers,
  operators,
}: OwnershipRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/issuers/{id}/bods.json',
      tag: 'Issuers',
      summary: 'Who owns and controls an issuer, in the Beneficial Ownership Data Standard',
      access: { roles: ['issuer', ...OVERSEERS] },
      params: issuerParams,
      replies: { 200: statements },
      read: async (db, { user, params }) => {
        const issuer = await visibleIssuer(issuers, db, { user, id: params.id });
        const { legalName: publisher, timeZone } = operators.get(issuer.operatorId);
        const people = await issuers.peopleOf(db, issuer.id);
        const on = dateIn(timeZone, clock.now());
        return { status: 200, body: ownershipStatements({ issuer, people, publisher, on }) };
      },
    }),
  ];
}
