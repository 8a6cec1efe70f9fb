import fc from 'fast-check';
import { must } from '../../../src/kernel/assert';
import type { Id } from '../../../src/kernel/id';
import { Money } from '../../../src/kernel/money';
import type { Problem } from '../../../src/kernel/problem';
import {
  capChecks,
  capLine,
  capPlace,
  CapsService,
  type CapLine,
  type CapParties,
} from '../../../src/modules/caps';
import { capsFor, Rulebooks, type AmountCap } from '../../../src/modules/rulebooks';
import { sqlState, type Tx } from '../../../src/platform/db';
import { testDatabase, type TestDatabase } from '../../support/database';

const rulebooks = Rulebooks.load('compliance/rulebooks');
const caps = new CapsService();
const AT = new Date('2025-03-10T06:30:00Z');
const IN_2018 = new Date('2018-05-10T04:00:00Z');

const inr = (amount: string) => Money.parse(amount, 'INR');
const cny = (amount: string) => Money.parse(amount, 'CNY');

let test: TestDatabase;
let serial = 0;

beforeAll(async () => {
  test = await testDatabase({ poolSize: 8 });
});
afterAll(() => test.close());
afterEach(async () => {
  expect(await broken()).toEqual([]);
});

/** What the integrity checks of the caps find. */
async function broken(): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for (const { sql } of capChecks) {
    found.push(...(await test.database.read(scopeOf(undefined), (db) => db.query(sql))));
  }
  return found;
}

const scopeOf = (operatorId: number | undefined) => ({
  operatorId,
  actor: { kind: 'system', id: 'test' } as const,
});

const write = <T>(operatorId: number, work: (tx: Tx) => Promise<T>) =>
  test.database.write(scopeOf(operatorId), work);

function newParty(): Id<'pty'> {
  serial += 1;
  return `pty_${String(serial).padStart(26, '0')}`;
}

function amountCaps(found: ReturnType<typeof capsFor>): readonly AmountCap[] {
  return found.filter((cap) => cap.measure !== 'holder-count');
}

/** The caps of an order for a loan under the Indian directions. */
const orderCaps = (amount: Money) =>
  amountCaps(
    capsFor(rulebooks.get('in-p2p'), 'subscribe', {
      at: AT,
      amount,
      investor: { kind: 'natural', tier: 'uncertified', isVerified: true },
      offering: { kind: 'loan' },
      acknowledged: {},
    }),
  );

/** The caps of a listing under the Chinese measures. */
const listingCaps = (amount: Money, countsLinked = false) =>
  amountCaps(
    capsFor(rulebooks.get('cn-p2p'), 'publish', {
      at: IN_2018,
      amount,
      offering: { kind: 'loan' },
      issuer: {},
      borrower: { kind: 'natural', countsLinked },
    }),
  );

function linesOf(found: readonly AmountCap[], amount: Money, parties: CapParties): CapLine[] {
  return found.flatMap((cap) => capLine(cap, amount, capPlace(cap, parties)) ?? []);
}

const orderLines = (amount: Money, parties: CapParties) =>
  linesOf(orderCaps(amount), amount, parties);

async function lend(amount: string, parties: CapParties): Promise<void> {
  const lines = orderLines(inr(amount), parties);
  await write(parties.operatorId, (tx) => caps.reserve(tx, lines, AT));
}

async function outcomes(work: readonly Promise<unknown>[]) {
  const settled = await Promise.allSettled(work);
  return {
    won: settled.filter(({ status }) => status === 'fulfilled').length,
    refused: settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : [])),
  };
}

async function usedOf(lines: readonly CapLine[], operatorId = 1): Promise<Record<string, string>> {
  const used: Record<string, string> = {};
  for (const line of lines) {
    const minor = await test.database.read(scopeOf(operatorId), (db) =>
      caps.readUsage(db, line, AT),
    );
    used[line.cap.rule] = Money.ofMinor(minor, line.amount.currency).toDecimalString();
  }
  return used;
}

/** Turns what is reserved into what is outstanding, as the settlement of an offering does. */
async function disburse(lines: readonly CapLine[], sourceId: string, operatorId = 1) {
  const sold = lines.map(({ subject, capKey, amount }) => ({
    ...{ subject, capKey, sourceId },
    reservedMinor: amount.minor,
    soldMinor: amount.minor,
  }));
  await write(operatorId, (tx) => caps.countSales(tx, sold, AT));
}

function repay(
  lines: readonly CapLine[],
  payment: { readonly of: string; readonly id: string; readonly amountMinor: bigint },
  operatorId = 1,
): Promise<bigint> {
  const repaid = lines.map(({ subject, capKey }) => ({
    ...{ subject, capKey },
    sourceId: payment.of,
    paymentId: payment.id,
    amountMinor: payment.amountMinor,
  }));
  return write(operatorId, (tx) => caps.repay(tx, repaid, AT));
}

describe('one lender and one borrower on two platforms at once', () => {
  it('lends 50,000 in all, whoever comes first', async () => {
    const parties = { investor: newParty(), issuer: newParty() };
    const { won, refused } = await outcomes(
      Array.from({ length: 16 }, (_, index) =>
        lend('10000.00', { ...parties, operatorId: 1 + (index % 2) }),
      ),
    );
    expect(won).toBe(5);
    for (const problem of refused) {
      expect(problem).toMatchObject({
        code: 'caps.exceeded',
        findings: [{ rule: 'pair-cap', citation: 'paragraph 7(4)', limit: '50000.00' }],
      });
    }
    const lines = orderLines(inr('0.01'), { ...parties, operatorId: 2 });
    expect(await usedOf(lines)).toEqual({ 'lender-cap': '50000.00', 'pair-cap': '50000.00' });
  });

  it('lends the same again to another borrower', async () => {
    const investor = newParty();
    for (const operatorId of [1, 2]) {
      await lend('50000.00', { operatorId, investor, issuer: newParty() });
    }
    const { refused } = await outcomes([
      lend('50000.01', { operatorId: 1, investor, issuer: newParty() }),
    ]);
    expect(refused).toHaveLength(1);
  });

  it('stops at ten lakh over all borrowers and platforms without a certificate', async () => {
    const investor = newParty();
    const { won, refused } = await outcomes(
      Array.from({ length: 22 }, (_, index) =>
        lend('50000.00', { operatorId: 1 + (index % 2), investor, issuer: newParty() }),
      ),
    );
    expect(won).toBe(20);
    for (const problem of refused) {
      expect(problem).toMatchObject({ findings: [{ rule: 'lender-cap', left: '0.00' }] });
    }
  });
});

describe('principal outstanding', () => {
  it('counts from the order until it is repaid, to the last paisa', async () => {
    const parties = { operatorId: 1, investor: newParty(), issuer: newParty() };
    const lines = orderLines(inr('50000.00'), parties);
    await lend('50000.00', parties);
    await disburse(lines, 'sub_1');
    expect(await usedOf(lines)).toEqual({ 'lender-cap': '50000.00', 'pair-cap': '50000.00' });
    await expect(lend('0.01', parties)).rejects.toMatchObject({ code: 'caps.exceeded' });

    const first = { of: 'sub_1', id: 'pay_1', amountMinor: 1_234_567n };
    expect(await repay(lines, first)).toBe(2n * 1_234_567n);
    expect(await usedOf(lines)).toEqual({ 'lender-cap': '37654.33', 'pair-cap': '37654.33' });
    await expect(lend('12345.68', parties)).rejects.toMatchObject({ code: 'caps.exceeded' });
    await lend('12345.67', parties);
    expect(await usedOf(lines)).toEqual({ 'lender-cap': '50000.00', 'pair-cap': '50000.00' });
  });

  it('is freed once by a payment that is told twice, also at the same time', async () => {
    const parties = { operatorId: 1, investor: newParty(), issuer: newParty() };
    const lines = orderLines(inr('30000.00'), parties);
    await lend('30000.00', parties);
    await disburse(lines, 'sub_2');
    const payment = { of: 'sub_2', id: 'pay_1', amountMinor: 1_000_000n };
    const freed = await Promise.all([1, 2, 3].map(() => repay(lines, payment)));
    expect(freed.toSorted((a, b) => Number(a - b))).toEqual([0n, 0n, 2_000_000n]);
    expect(await usedOf(lines)).toMatchObject({ 'pair-cap': '20000.00' });
  });

  it.each([
    { name: 'more than is outstanding', of: 'sub_3', amountMinor: 3_000_001n, operatorId: 1 },
    { name: 'of what was never sold', of: 'sub_9', amountMinor: 1n, operatorId: 1 },
    { name: 'of what another operator sold', of: 'sub_3', amountMinor: 1n, operatorId: 2 },
  ])('is not freed by a repayment $name', async ({ of, amountMinor, operatorId }) => {
    const parties = { operatorId: 1, investor: newParty(), issuer: newParty() };
    const lines = orderLines(inr('30000.00'), parties);
    await lend('30000.00', parties);
    await disburse(lines, 'sub_3');
    const error: unknown = await repay(lines, { of, id: 'p', amountMinor }, operatorId).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(['YC202', '23514']).toContain(sqlState(error));
    expect(await usedOf(lines)).toEqual({ 'lender-cap': '30000.00', 'pair-cap': '30000.00' });
  });

  it('is no matter of a cap on what was sold within a window', async () => {
    const cap: AmountCap = {
      ...must(orderCaps(inr('1.00'))[0], 'a cap'),
      rule: 'windowed',
      measure: 'amount-sold',
      windowMonths: 12,
    };
    const lines = linesOf([cap], inr('10.00'), { operatorId: 1, investor: newParty() });
    await write(1, (tx) => caps.reserve(tx, lines, AT));
    await disburse(lines, 'sub_4');
    const error: unknown = await repay(lines, { of: 'sub_4', id: 'p', amountMinor: 1n }).catch(
      (reason: unknown) => reason,
    );
    expect(sqlState(error)).toBe('YC202');
  });

  it('that was tampered with is found', async () => {
    const parties = { operatorId: 1, investor: newParty(), issuer: newParty() };
    const lines = orderLines(inr('30000.00'), parties);
    await lend('30000.00', parties);
    await disburse(lines, 'sub_5');
    const change = (by: number) =>
      test.owner.write(scopeOf(undefined), (tx) =>
        tx.execute(
          `UPDATE cap_usages SET counted_minor = counted_minor + :by WHERE subject = :investor`,
          { by, investor: parties.investor },
        ),
      );
    await change(-1);
    expect(await broken()).toMatchObject([{ counted: 2_999_999n, outstanding: 3_000_000n }]);
    await change(1);
  });

  it('follows any course of orders, settlements and repayments', async () => {
    const step = fc.record({
      act: fc.constantFrom('reserve', 'release', 'disburse', 'repay'),
      amount: fc.bigInt(1n, 2_500_000n),
      pick: fc.nat(20),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const parties = { operatorId: 1, investor: newParty(), issuer: newParty() };
        const open: bigint[] = [];
        const loans: { id: string; left: bigint }[] = [];
        const taken = () =>
          [...open, ...loans.map(({ left }) => left)].reduce((sum, each) => sum + each, 0n);
        for (const [no, { act, amount, pick }] of steps.entries()) {
          const lines = orderLines(Money.ofMinor(amount, 'INR'), parties);
          if (act === 'reserve') {
            const fits = taken() + amount <= 5_000_000n;
            const done = await write(1, (tx) => caps.reserve(tx, lines, AT)).then(
              () => true,
              () => false,
            );
            expect(done).toBe(fits);
            if (done) open.push(amount);
          }
          if (act === 'release' && open.length > 0) {
            const [amountMinor = 0n] = open.splice(pick % open.length, 1);
            const given = lines.map(({ subject, capKey }) => ({ subject, capKey, amountMinor }));
            await write(1, (tx) => caps.release(tx, given));
          }
          if (act === 'disburse' && open.length > 0) {
            const [left = 0n] = open.splice(pick % open.length, 1);
            await disburse(orderLines(Money.ofMinor(left, 'INR'), parties), `sub_${no}`);
            loans.push({ id: `sub_${no}`, left });
          }
          const loan = loans[pick % (loans.length || 1)];
          if (act === 'repay' && loan && loan.left > 0n) {
            const amountMinor = amount < loan.left ? amount : loan.left;
            await repay(lines, { of: loan.id, id: `pay_${no}`, amountMinor });
            loan.left -= amountMinor;
          }
        }
        const used = await usedOf(orderLines(inr('0.01'), parties));
        expect(used['pair-cap']).toBe(Money.ofMinor(taken(), 'INR').toDecimalString());
      }),
      { numRuns: 15 },
    );
  });
});

describe('a borrower', () => {
  const list = (amount: string, parties: CapParties, countsLinked = false) =>
    write(parties.operatorId, (tx) =>
      caps.reserve(tx, linesOf(listingCaps(cny(amount), countsLinked), cny(amount), parties), AT),
    );

  it('has 200,000 on one platform with all open listings, and 1,000,000 on all', async () => {
    const issuer = newParty();
    for (const operatorId of [1, 2, 3, 4, 5]) {
      const { won, refused } = await outcomes(
        [1, 2, 3].map(() => list('100000.00', { operatorId, issuer })),
      );
      expect(won).toBe(2);
      expect(refused).toMatchObject([{ code: 'caps.exceeded' }]);
      const { findings } = refused[0] as Problem;
      expect(findings).toContainEqual(
        expect.objectContaining({ rule: 'borrower-cap', limit: '200000.00', left: '0.00' }),
      );
    }
    await expect(list('0.01', { operatorId: 6, issuer })).rejects.toMatchObject({
      findings: [{ rule: 'borrower-cap-all', observed: '1000000.01' }],
    });
  });

  it('linked with others shares one cap where the operator counts them together', async () => {
    const [one, two, three] = [newParty(), newParty(), newParty()];
    const all = [one, two, three];
    const { won, refused } = await outcomes(
      all.map((issuer) => list('150000.00', { operatorId: 1, issuer, linkedBorrowers: all }, true)),
    );
    expect(won).toBe(1);
    for (const problem of refused) {
      expect(problem).toMatchObject({
        findings: [{ rule: 'linked-borrowers-cap', observed: '300000.00', left: '50000.00' }],
      });
    }
    const cluster = listingCaps(cny('1.00'), true).filter(
      (cap) => cap.scope === 'borrower-cluster',
    );
    for (const issuer of all) {
      const parties = { operatorId: 1, issuer, linkedBorrowers: all };
      const place = capPlace(must(cluster[0], 'the cap on linked borrowers'), parties);
      const [standing] = await test.database.read(scopeOf(1), (db) =>
        caps.standings(db, cluster, { ...place, at: AT }),
      );
      expect(standing?.used).toEqual(cny('150000.00'));
    }
  });

  it('whose link is undone stands alone again', async () => {
    const [one, two] = [newParty(), newParty()];
    await list('150000.00', { operatorId: 1, issuer: one, linkedBorrowers: [two] }, true);
    const alone = { operatorId: 1, issuer: two };
    await expect(
      list('150000.00', { ...alone, linkedBorrowers: [one] }, true),
    ).rejects.toMatchObject({ code: 'caps.exceeded' });
    await list('150000.00', alone, true);
  });
});
