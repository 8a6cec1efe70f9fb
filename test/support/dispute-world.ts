import { join } from 'node:path';
import request from 'supertest';
import type { Id } from '../../src/kernel/id';
import type { AuthenticatedUser, Role } from '../../src/platform/auth';
import type { Db } from '../../src/platform/db';
import { FieldCipher } from '../../src/platform/field-cipher';
import { runChecks } from '../../src/platform/integrity';
import {
  ComplaintService,
  disputeChecks,
  DisputeMessages,
  DisputeOutcomes,
  disputeRoutes,
  loadComplaintPolicies,
} from '../../src/modules/disputes';
import {
  incidentChecks,
  incidentRoutes,
  IncidentService,
  loadIncidentPolicies,
} from '../../src/modules/incidents';
import { OperatorDirectory, type Operator } from '../../src/modules/identity';
import type { PartyFiles } from '../../src/modules/payments';
import { calendars } from './compliance';
import { EU_OPERATOR } from './offering-regimes';
import { ISSUER_USER, offeringWorld } from './offering-world';
import { smallApp } from './small-app';

export type DisputeWorld = Awaited<ReturnType<typeof disputeWorld>>;

/** Who calls: a log-in and what it may do. */
export type Caller = readonly [Id<'usr'>, Role];

/** Investors with cash, an issuer, and what they have to complain of. */
export async function disputeWorld() {
  const base = await offeringWorld('eu-ecspr');
  const { clock, newId, audit, outbox, ledger, issuer } = base;
  const operators = new OperatorDirectory();
  const [known] = base.operators.all();
  const place = { timeZone: 'Europe/Berlin', calendar: 'target' };
  operators.replaceAll([{ ...known, ...place } as Operator]);
  const investors = new Map<Id<'usr'>, Id<'inv'>>();
  const file = { partyId: issuer.partyId, name: 'x', isActive: true, isVerified: true };
  const files: PartyFiles<Db> = {
    getInvestor: async () => file,
    getIssuer: async () => file,
    findInvestorOf: async (_, userId) => investors.get(userId),
    findIssuerOf: async (_, userId) => (userId === ISSUER_USER ? issuer.id : undefined),
  };
  const cipher = new FieldCipher([{ id: 'k1', secret: Buffer.alloc(32, 7) }]);
  const deps = { clock, newId, audit, outbox, ledger, cipher, operators, files };
  const complaints = new ComplaintService({
    ...deps,
    calendars: calendars(),
    subjects: { require: async () => undefined },
    policies: loadComplaintPolicies(join(__dirname, '../../compliance/complaint-policies')),
  });
  const disputeMessages = new DisputeMessages(deps);
  const disputeOutcomes = new DisputeOutcomes(deps);
  const incidents = new IncidentService({
    ...deps,
    calendars: calendars(),
    policies: loadIncidentPolicies(join(__dirname, '../../compliance/incident-policies')),
  });
  const routes = [
    ...disputeRoutes({ complaints, disputeMessages, disputeOutcomes, files }),
    ...incidentRoutes({ incidents }),
  ];
  const small = smallApp(routes, { database: base.test.database, strictReplies: true });
  let keys = 0;
  return Object.assign(base, {
    complaints,
    disputeOutcomes,
    incidents,
    /** Which investor a log-in acts for. */
    investors,
    call: (method: 'get' | 'post', path: string, [id, role]: Caller) => {
      const user: AuthenticatedUser = { id, operatorId: EU_OPERATOR, roles: [role] };
      return request(small.app)
        [method](path)
        .set('Authorization', small.bearer(user))
        .set('Idempotency-Key', `dispute-${(keys += 1)}`);
    },
    events: async (type: string): Promise<readonly { readonly subject: string }[]> =>
      base.read((db) =>
        db.query(
          `SELECT e.subject FROM platform_outbox_events e WHERE e.type = :type ORDER BY e.event_no`,
          { type },
        ),
      ),
    brokenDisputes: async () => {
      const results = await runChecks(
        base.test.database,
        [...disputeChecks, ...incidentChecks],
        [EU_OPERATOR],
      );
      return [...(await base.broken()), ...results.filter(({ count }) => count > 0n)];
    },
  });
}
