import request from 'supertest';
import { DocumentSigner, type AuthenticatedUser, type Role } from '../../src/platform/auth';
import { FieldCipher } from '../../src/platform/field-cipher';
import { Audit } from '../../src/platform/audit';
import { Outbox } from '../../src/platform/outbox';
import { runChecks } from '../../src/platform/integrity';
import type { Id } from '../../src/kernel/id';
import { OperatorDirectory, type Operator } from '../../src/modules/identity';
import {
  bankDifferencesAccount,
  credit,
  debit,
  feeAccount,
  investorCashAccount,
  ledgerChecks,
} from '../../src/modules/ledger';
import type { Money } from '../../src/kernel/money';
import { paymentChecks } from '../../src/modules/payments';
import {
  BreakService,
  DayService,
  MatchingService,
  reconciliationChecks,
  reconciliationRoutes,
  StatementService,
} from '../../src/modules/reconciliation';
import { calendars } from './compliance';
import { OPERATOR, paymentWorld } from './payment-world';
import { smallApp } from './small-app';

export type ReconciliationWorld = Awaited<ReturnType<typeof reconciliationWorld>>;

/** Who calls: a log-in and what it may do. */
export type Caller = readonly [Id<'usr'>, Role];

const SIGNER = new DocumentSigner(Buffer.alloc(32, 11));

/** Payments with the sandbox bank in Berlin, and what holds the two against each other. */
export async function reconciliationWorld(start = '2025-03-10T08:00:00Z') {
  const base = await paymentWorld(start);
  const { clock, newId, ledger, transfers, funds } = base;
  const operators = new OperatorDirectory();
  const place = { timeZone: 'Europe/Berlin', calendar: 'target', homeCurrency: 'EUR' };
  operators.replaceAll([{ id: OPERATOR, code: 'test', ...place } as Operator]);
  const cipher = new FieldCipher([{ id: 'k1', secret: Buffer.alloc(32, 7) }]);
  const audit = new Audit({ clock });
  const outbox = new Outbox({ clock });
  const shared = { clock, newId, audit, outbox, cipher, ledger, operators, transfers };
  const deps = { ...shared, operatorFunds: funds, calendars: calendars(), signer: SIGNER };
  const bankMatching = new MatchingService(deps);
  const services = {
    bankMatching,
    bankStatements: new StatementService({ ...deps, matching: bankMatching }),
    reconciliationBreaks: new BreakService({ ...deps, matching: bankMatching }),
    reconciliationDays: new DayService({ ...deps, matching: bankMatching }),
  };
  const routes = reconciliationRoutes({ ...services, clock, operators, sandbox: base.sandbox });
  const small = smallApp(routes, { database: base.test.database, strictReplies: true });
  let keys = 0;
  return {
    ...base,
    ...services,
    operators: operators.all(),
    publicKey: SIGNER.publicKey,
    call: (method: 'get' | 'post' | 'put', path: string, [id, role]: Caller) => {
      const user: AuthenticatedUser = { id, operatorId: OPERATOR, roles: [role] };
      return request(small.app)
        [method](path)
        .set('Authorization', small.bearer(user))
        .set('Idempotency-Key', `reconciliation-${(keys += 1)}`);
    },
    /** Lets the clock reach an instant; payments that fell due on the way are booked. */
    until: async (instant: string) => {
      clock.moveTo(new Date(instant));
      await base.dispatcher().run(OPERATOR);
      return base.write((tx) => services.reconciliationDays.runDue(tx));
    },
    /** A fee of that much out of an investor's deposit: the operator's own money with the custodian. */
    earn: async (amount: Money) => {
      const investorId = await base.investor(amount);
      await base.write(async (tx) => {
        const cash = await ledger.ensureAccount(tx, investorCashAccount(investorId, 'EUR'));
        const fees = await ledger.ensureAccount(tx, feeAccount('success', 'EUR'));
        await ledger.post(tx, [
          {
            kind: 'fee',
            source: { type: 'test', id: investorId },
            description: 'A fee',
            occurredAt: clock.now(),
            postings: [debit(cash, amount), credit(fees, amount)],
          },
        ]);
      });
    },
    /** What bank differences cost the operator. */
    costs: async () => {
      const account = await base.read((db) => ledger.getAccount(db, bankDifferencesAccount('EUR')));
      return account.balance;
    },
    events: async (type: string): Promise<readonly { readonly subject: string }[]> =>
      base.test.owner.read({ operatorId: OPERATOR, actor: { kind: 'system', id: 'test' } }, (db) =>
        db.query(
          `SELECT e.subject FROM platform_outbox_events e WHERE e.type = :type ORDER BY e.event_no`,
          { type },
        ),
      ),
    brokenNow: async (): Promise<readonly string[]> => {
      const checks = [...ledgerChecks, ...paymentChecks, ...reconciliationChecks];
      const results = await runChecks(base.test.database, checks, [OPERATOR]);
      return results.filter(({ count }) => count > 0n).map(({ check }) => check.id);
    },
  };
}
