import request, { type Test } from 'supertest';
import { calendarDate } from '../../src/kernel/calendar-date';
import { must } from '../../src/kernel/assert';
import { ManualClock } from '../../src/kernel/clock';
import type { Id } from '../../src/kernel/id';
import { Money } from '../../src/kernel/money';
import { rate } from '../../src/kernel/rate';
import type { Role } from '../../src/platform/auth';
import type { Db, Scope, Tx } from '../../src/platform/db';
import { runChecks } from '../../src/platform/integrity';
import { allChecks } from '../../src/app/checks';
import type { Operator, OperatorDraft } from '../../src/modules/identity';
import { testApplication, type TestApplication } from './application';
import { residentId } from './people-world';

const INSTALLATION: Scope = { operatorId: undefined, actor: { kind: 'system', id: 'test' } };

function lender(code: string, number: string, changes: Partial<OperatorDraft> = {}): OperatorDraft {
  return {
    code,
    legalName: `${code} GmbH`,
    line: 'lending',
    jurisdiction: 'DE',
    rulebookId: 'eu-ecspr',
    identityKind: 'us-ein',
    identityNumber: number,
    homeCurrency: 'EUR',
    timeZone: 'Europe/Berlin',
    calendar: 'target',
    feeTerms: { successFeeRate: rate('0.02') },
    ...changes,
  };
}

/** Somebody who calls the API. */
export interface Caller {
  readonly id: Id<'usr'>;
  get(path: string): Test;
  post(path: string, body?: object): Test;
  patch(path: string, body: object): Test;
}

/** A verified person with a log-in, ready to ask for a loan. */
export interface TestBorrower extends Caller {
  readonly issuerId: Id<'iss'>;
  readonly operator: Operator;
  readonly serial: number;
}

const HASH = 'a'.repeat(64);

/** What a borrower signs when handing in. */
export function signed(basedOn: number, changes: object = {}, currency = 'EUR') {
  return {
    basedOn,
    consents: ['credit-check', 'data-processing', 'terms'].map((kind) => ({
      kind,
      textSha256: HASH,
    })),
    declarations: {
      unpaidElsewhere: { amount: '0.00', currency },
      isForOnLending: false,
      isLawfulPurpose: true,
      isTrueAndComplete: true,
      keepsLegalLimits: true,
      isRelatedToOperator: false,
      ...changes,
    },
  };
}

/** The whole application with two operators that lend, and ways to bring borrowers. */
export class IntakeWorld {
  private serial = 100;

  private constructor(
    readonly app: TestApplication,
    readonly clock: ManualClock,
    readonly elbe: Operator,
    readonly oder: Operator,
  ) {}

  static async open(
    startsAt = '2025-03-10T09:00:00Z',
    changes: Partial<OperatorDraft> = {},
  ): Promise<IntakeWorld> {
    const clock = new ManualClock(startsAt);
    const app = await testApplication({ clock });
    const { operators, directory } = app.services;
    for (const draft of [
      lender('elbe', '12-3456781', changes),
      lender('oder', '12-3456782', changes),
    ]) {
      await app.platform.database.write(INSTALLATION, (tx) => operators.create(tx, draft));
    }
    await app.reload();
    const world = new IntakeWorld(
      app,
      clock,
      directory.getByCode('elbe'),
      directory.getByCode('oder'),
    );
    const policy = { reviewedBy: 'credit-decision', note: 'For small loans.' } as const;
    await world.write((tx) => app.services.listing.setPolicy(tx, policy));
    return world;
  }

  scope({ id }: Operator, by = 'test'): Scope {
    return { operatorId: id, actor: { kind: by === 'test' ? 'system' : 'user', id: by } };
  }

  read<T>(work: (db: Db) => Promise<T>, at = this.elbe): Promise<T> {
    return this.app.platform.database.read(this.scope(at), work);
  }

  write<T>(work: (tx: Tx) => Promise<T>, { at = this.elbe, by = 'test' } = {}): Promise<T> {
    return this.app.platform.database.write(this.scope(at, by), work);
  }

  /** A log-in with these roles, without its password. */
  async caller(roles: readonly Role[], at = this.elbe): Promise<Caller> {
    this.serial += 1;
    const email = `user${this.serial}@example.org`;
    const passwordHash = '$argon2id$none';
    const { id } = await this.write(
      (tx) => this.app.services.users.create(tx, ['platform'], { email, passwordHash, roles }),
      { at },
    );
    return { id, ...this.calls(id, { roles, operatorId: at.id }) };
  }

  /** A person whose identity is established; `identity` brings the same one to another operator. */
  async borrower(at = this.elbe, identity?: number): Promise<TestBorrower> {
    const caller = await this.caller(['issuer'], at);
    this.serial += 1;
    const serial = identity ?? this.serial;
    const { issuers, issuerVerifications, issuerVerificationRunner } = this.app.services;
    const number = safeNumber(serial);
    const issuer = await this.write(
      (tx) =>
        issuers.open(tx, {
          userId: caller.id,
          kind: 'natural',
          name: `Borrower ${serial}`,
          identity: { kind: 'cn-resident-id', number },
          legalForm: 'person',
          jurisdiction: at.jurisdiction,
          country: at.jurisdiction,
          people: [
            { name: `Borrower ${serial}`, roles: ['officer'], bornOn: calendarDate('1985-06-22') },
          ],
        }),
      { at },
    );
    await this.write((tx) => issuerVerifications.request(tx, issuer.id), { at });
    await issuerVerificationRunner.runPending(this.scope(at));
    return { ...caller, issuerId: issuer.id, operator: at, serial };
  }

  /** What an ordinary, good borrower fills in. */
  filled({ issuerId, serial, operator }: TestBorrower, changes: object = {}, contact: object = {}) {
    const currency = operator.homeCurrency;
    return {
      issuerId,
      form: {
        amount: { amount: '6000.00', currency },
        termMonths: 24,
        purpose: 'home-improvement',
        project: `A new roof for the house number ${serial}`,
        income: { monthly: { amount: '4200.00', currency }, source: 'employment' },
        commitments: {
          housing: { amount: '900.00', currency },
          loans: { amount: '50.00', currency },
          other: { amount: '0.00', currency },
          dependants: 0,
        },
        creditFacts: GOOD_FACTS,
        ...changes,
      },
      contact: {
        phone: `+49 30 000${serial}`,
        bankAccount: `DE00 0000 ${serial}`,
        address: `Street ${serial}`,
        employer: `Works ${serial}`,
        device: `device-${serial}`,
        ...contact,
      },
    };
  }

  /** An application with a pay slip, handed in. */
  async handedIn(
    who: TestBorrower,
    changes: object = {},
    contact: object = {},
  ): Promise<Id<'app'>> {
    const opened = await who.post('/v1/applications', this.filled(who, changes, contact));
    expect(opened.status).toBe(201);
    const id = opened.body.id as Id<'app'>;
    const slip = await who.post(`/v1/applications/${id}/documents`, PAYSLIP);
    expect(slip.status).toBe(201);
    const submitted = await who.post(
      `/v1/applications/${id}/submit`,
      signed(1, {}, who.operator.homeCurrency),
    );
    expect([submitted.status, submitted.body.code]).toEqual([202, undefined]);
    return id;
  }

  /** Judges what waits, and gives the application's status. */
  async judged(id: Id<'app'>, at = this.elbe): Promise<string> {
    await this.app.services.applicationRunner.runPending(this.scope(at));
    const found = await this.read((db) => this.app.services.applications.get(db, id), at);
    return found.application.status;
  }

  /** Checks of the whole system that found something. */
  async broken(): Promise<readonly object[]> {
    const ids = [this.elbe.id, this.oder.id];
    const results = await runChecks(this.app.platform.database, allChecks, ids);
    return results
      .filter(({ count }) => count > 0n)
      .map(({ check, violations }) => ({ check: check.id, first: violations[0] }));
  }

  close(): Promise<void> {
    return this.app.close();
  }

  private calls(
    id: Id<'usr'>,
    as: { readonly roles: readonly Role[]; readonly operatorId: number },
  ) {
    let keys = 0;
    const send =
      (method: 'get' | 'post' | 'patch') =>
      (path: string, body?: object): Test => {
        const { token } = this.app.platform.accessTokens.issue({ id, ...as });
        const sent = request(this.app.http)
          [method](path)
          .set('Authorization', `Bearer ${token}`)
          .set('Idempotency-Key', `${id}-${(keys += 1)}`);
        return body === undefined ? sent : sent.send(body);
      };
    return { get: send('get'), post: send('post'), patch: send('patch') };
  }
}

/** Facts of somebody whom every card likes. */
export const GOOD_FACTS: Readonly<Record<string, string | number>> = {
  homeOwnership: 'MORTGAGE',
  inquiries: 0,
  revolvingUtilisation: 5,
};

export const PAYSLIP = {
  kind: 'payslip',
  title: 'Pay slip of February',
  contentType: 'application/pdf',
  content: Buffer.from('February: 4,200.00 EUR').toString('base64'),
};

export const eur = (amount: string): Money => Money.parse(amount, 'EUR');

/** The offline provider takes some endings amiss: those are skipped. */
function safeNumber(serial: number): string {
  const tried = ['19900307', '19910412', '19880101', '19850622'];
  const numbers = tried.map((born) => residentId(serial % 1000, born));
  return must(
    numbers.find((number) => !/9[678]$/.test(number)),
    'a number that verifies',
  );
}
