import { must } from '../../../src/kernel/assert';
import { DAY_MS } from '../../../src/kernel/clock';
import type { Id } from '../../../src/kernel/id';
import { feeAccount, issuerProceedsAccount } from '../../../src/modules/ledger';
import type { Db } from '../../../src/platform/db';
import { loanJobs, LoanService, ServicingPolicies } from '../../../src/modules/loans';
import { listCharges } from '../../../src/modules/loans/queries';
import { Rulebook } from '../../../src/modules/rulebooks';
import { ClosingService } from '../../../src/modules/subscriptions';
import { servicingWorld, type ServicingWorld } from '../../support/servicing-world';

let world: ServicingWorld;

beforeEach(async () => {
  world = await servicingWorld();
});

afterEach(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

const proceeds = () => world.balance(issuerProceedsAccount(world.issuer.id, 'INR'));
const earned = () => world.balance(feeAccount('success', 'INR'));

describe('a loan that was fully lent', () => {
  it('has a note for each subscription, and is owed nothing before it is paid out', async () => {
    const { loan, lenders, notes } = await world.agreed({ parts: ['50000.00', '30000.00'] });
    expect(loan).toMatchObject({
      status: 'agreed',
      principal: world.money('80000.00'),
      outstanding: world.money('0.00'),
      policy: { id: 'in-p2p' },
      scheduleVersion: 0,
    });
    expect(loan.terms.originationFee).toEqual(world.money('1600.00'));
    expect(
      notes.map(({ noteNo, holder, units, cost }) => [noteNo, holder.id, units, cost]),
    ).toEqual([
      [1, lenders[0], 500n, world.money('50000.00')],
      [2, lenders[1], 300n, world.money('30000.00')],
    ]);
    expect(notes.every(({ principal, caps }) => principal.isZero && caps.length > 0)).toBe(true);
  });

  it('is made once, however often its settlement is told', async () => {
    const { loan, notes } = await world.agreed();
    const again = await world.write((tx) =>
      world.services.loanOrigination.originate(tx, loan.offeringId),
    );
    expect(again).toEqual(loan);
    expect((await world.look({ loan, lenders: [] })).notes).toEqual(notes);
  });

  it('keeps its proceeds from every ordinary payout, and the operator from its fee', async () => {
    const { loan } = await world.agreed();
    const bankAccountId = await world.bankAccount();
    expect(await proceeds()).toBe('100000.00');
    const ordinary = world.write((tx) =>
      world.services.withdrawals.payProceeds(tx, {
        issuerId: loan.issuerId,
        amount: world.money('0.01'),
        bankAccountId,
      }),
    );
    await expect(ordinary).rejects.toMatchObject({ code: 'payments.above-available' });
    const early = world.write((tx) =>
      world.services.loanDisbursals.instruct(tx, loan.id, bankAccountId),
    );
    await expect(early).rejects.toMatchObject({ code: 'loans.not-signed' });
  });
});

describe('the signature', () => {
  it('takes the hash of what was shown, and no other', async () => {
    const { loan } = await world.agreed();
    const { text, hash, isCountersigned } = await world.toSign(loan);
    expect(text.en).toContain('principal: 100000.00 INR');
    expect(text.en).toContain('paid out to the borrower: 98000.00 INR');
    expect(text.zh).toContain(loan.reference);
    const sign = (textSha256: string) =>
      world.write(
        (tx) => world.services.loans.sign(tx, loan.id, { side: 'borrower', textSha256 }),
        'usr_borrower',
      );
    await expect(sign('0'.repeat(64))).rejects.toMatchObject({ code: 'loans.agreement-changed' });
    expect(await sign(hash)).toMatchObject({ status: isCountersigned ? 'agreed' : 'signed' });
    await expect(sign(hash)).rejects.toMatchObject({
      code: isCountersigned ? 'loans.already-signed' : 'loans.loan-status',
    });
    const { signatures } = await world.read((db) => world.services.loans.agreement(db, loan));
    expect(signatures).toMatchObject([{ side: 'borrower', text, textSha256: hash }]);
  });
});

describe('a countersignature', () => {
  it('is the operator’s, on the same text, where the policy wants one', async () => {
    const { loan } = await world.agreed();
    const { servicingPolicies, deps } = world.services;
    const policy = servicingPolicies.get(loan.policy);
    const signing = { ...policy.signing, isCountersigned: true };
    const strict = new LoanService({
      ...deps,
      servicingPolicies: new ServicingPolicies([{ ...policy, signing }]),
    });
    const { hash: textSha256 } = await world.toSign(loan);
    const sign = (side: 'borrower' | 'operator', by: string) =>
      world.write((tx) => strict.sign(tx, loan.id, { side, textSha256 }), by);
    expect(await sign('borrower', 'usr_borrower')).toMatchObject({ status: 'agreed' });
    await expect(sign('operator', 'usr_borrower')).rejects.toMatchObject({
      code: 'loans.already-signed',
    });
    expect(await sign('operator', 'usr_operations')).toMatchObject({ status: 'signed' });
  });
});

describe('a fee that the law forbids to keep back', () => {
  it('is owed with the first instalment, and the borrower gets all that was lent', async () => {
    const forbidding = Object.assign(Object.create(world.offerings) as typeof world.offerings, {
      regimeOf: (db: Db) => ({ ...world.offerings.regimeOf(db), rulebook: withoutDeduction() }),
    });
    const closings = new ClosingService({
      ...world,
      offerings: forbidding,
      issueShares: async (tx, issuance) => {
        await world.holdings.issueShares(tx, issuance);
      },
    });
    Object.assign(world, { closings });
    const { loan } = await world.active();
    expect(loan.terms).toMatchObject({
      isFeeWithheld: false,
      originationFee: world.money('2000.00'),
    });
    const [told] = await world.read((db) => world.services.loanDisbursals.list(db, loan));
    expect(told?.amount).toEqual(world.money('100000.00'));
    expect(await earned()).toBe('0.00');
    expect(await world.read((db) => listCharges(db, loan))).toMatchObject([
      { no: 1, kind: 'origination', dueOn: '2025-04-03', amount: world.money('2000.00') },
    ]);
  });
});

describe('a payout', () => {
  it('begins the loan on the bank’s day: schedule, notes, fee', async () => {
    const { loan, notes } = await world.active();
    expect(loan).toMatchObject({
      status: 'active',
      disbursedOn: '2025-03-03',
      nextDueOn: '2025-04-03',
      maturesOn: '2027-03-03',
      scheduleVersion: 1,
      outstanding: world.money('100000.00'),
    });
    expect(notes.map(({ principal }) => principal.toDecimalString())).toEqual([
      '50000.00',
      '30000.00',
      '20000.00',
    ]);
    expect(await proceeds()).toBe('0.00');
    expect(await earned()).toBe('2000.00');
  });

  it('is told once, also when the bank says it twice', async () => {
    const { loan } = await world.signed();
    const withdrawalId = await world.disburse(loan);
    await world.bankPays(withdrawalId);
    await world.write((tx) => world.services.loanDisbursals.confirm(tx, withdrawalId));
    expect(await earned()).toBe('2000.00');
  });

  it('that the bank refuses leaves the money in place, to be tried again', async () => {
    const { loan } = await world.signed();
    await world.bankRefuses(await world.disburse(loan));
    const { loan: refused } = await world.look({ loan, lenders: [] });
    expect(refused.status).toBe('signed');
    expect(await proceeds()).toBe('100000.00');
    await world.bankPays(await world.disburse(loan));
    const attempts = await world.read((db) => world.services.loanDisbursals.list(db, loan));
    expect(attempts.map(({ status }) => status)).toEqual(['rejected', 'confirmed']);
    expect(attempts[0]?.reasonCode).toBe('AC04');
    expect((await world.look({ loan, lenders: [] })).loan.status).toBe('active');
  });

  it('of a loan in another kind of repayment has that schedule', async () => {
    const { loan } = await world.active({ note: { repayment: 'bullet', termMonths: 12 } });
    expect(loan).toMatchObject({ nextDueOn: loan.maturesOn, maturesOn: '2026-03-03' });
  });
});

describe('a cancellation', () => {
  it('gives every lender everything back, empties the register, and frees the caps', async () => {
    const { loan, lenders } = await world.signed();
    const lender = must(lenders[0], 'a lender');
    await world.write((tx) => world.services.loanCancellation.cancel(tx, loan.id, 'Changed mind'));
    expect(await world.cash(lender)).toEqual(['1000000.00', '0.00']);
    expect(await proceeds()).toBe('0.00');
    const { loan: cancelled, notes } = await world.look({ loan, lenders });
    expect(cancelled.status).toBe('cancelled');
    expect(notes.every(({ units, closedOn }) => units === 0n && closedOn !== undefined)).toBe(true);
    expect(await outstandingUnderCaps()).toBe(0n);
  });

  it('comes by itself when nobody signed in time, and not for what is on its way', async () => {
    const { loan } = await world.agreed();
    const other = await world.signed();
    const onItsWay = await world.disburse(other.loan);
    const job = must(loanJobs(world.services)[0], 'the job');
    world.clock.moveTo(new Date(loan.signBy.getTime() + DAY_MS));
    const run = () => world.write((tx) => job.run(tx, { now: world.clock.now() } as never));
    expect(await run()).toMatchObject({ more: true });
    expect(await run()).toBeUndefined();
    expect((await world.look({ loan, lenders: [] })).loan.status).toBe('cancelled');
    const late = world.write((tx) =>
      world.services.loanCancellation.cancel(tx, other.loan.id, 'Too late'),
    );
    await expect(late).rejects.toMatchObject({ code: 'loans.loan-status' });
    await world.bankPays(onItsWay);
  });
});

describe('a note that is sold in part', () => {
  it('is cut to the minor unit, and the seller’s caps are free of what it gave', async () => {
    const { loan, lenders } = await world.active();
    const buyer = await world.investor('60000.00', 'uncertified');
    const before = await outstandingUnderCaps();
    const tradeId: Id<'trd'> = world.newId('trd');
    const bought = await world.write(async (tx) => {
      const note = await world.services.loanNotes.split(tx, {
        loanNo: loan.loanNo,
        noteNo: 1,
        units: 123n,
        on: world.until('2025-03-10'),
        to: { investorId: buyer, cost: world.money('12000.00'), tradeId, caps: [] },
      });
      await world.holdings.transfer(tx, {
        instrumentId: loan.instrumentId,
        fromInvestorId: must(lenders[0], 'the seller'),
        toInvestorId: buyer,
        units: 123n,
        occurredAt: world.clock.now(),
        source: { type: 'trade', id: tradeId },
      });
      return note;
    });
    expect(bought).toMatchObject({
      noteNo: 4,
      holder: { kind: 'investor', id: buyer },
      units: 123n,
      principal: world.money('12300.00'),
      cost: world.money('12000.00'),
    });
    const { notes } = await world.look({ loan, lenders });
    expect(notes[0]).toMatchObject({ units: 377n, principal: world.money('37700.00') });
    // Two caps of the seller: what it lends in all, and what it lends to this borrower.
    expect(before - (await outstandingUnderCaps())).toBe(2n * 1_230_000n);
  });

  it('cannot give more units than it has', async () => {
    const { loan } = await world.active();
    const cost = world.money('1.00');
    const to = { investorId: await world.investor('1.00'), cost, tradeId: world.newId('trd') };
    const order = { loanNo: loan.loanNo, on: world.until('2025-03-10'), to: { ...to, caps: [] } };
    const split = (noteNo: number, units: bigint) =>
      world.write((tx) => world.services.loanNotes.split(tx, { ...order, noteNo, units }));
    await expect(split(1, 501n)).rejects.toMatchObject({ code: 'loans.note-units' });
    await expect(split(9, 1n)).rejects.toMatchObject({ code: 'loans.note-not-found' });
  });
});

/** The law of this world with the clause of another that forbids to keep a fee back. */
function withoutDeduction(): Rulebook {
  const { definition } = world.rulebooks.get('in-p2p');
  const clause = world.rulebooks
    .get('cn-p2p')
    .definition.parameters.find(({ id }) => id === 'permits.up-front-deduction');
  const parameters = [...definition.parameters, must(clause, 'the clause')];
  const provenance = { file: 'test.json', contentHash: 'hash', cases: [] };
  return new Rulebook({ ...definition, parameters }, provenance);
}

/** What counts against all caps of all parties. Minor units. */
async function outstandingUnderCaps(): Promise<bigint> {
  const scope = { operatorId: undefined, actor: { kind: 'system', id: 'test' } } as const;
  const rows = await world.test.owner.read(scope, (db) =>
    db.query<{ counted: bigint }>(
      'SELECT coalesce(sum(u.counted_minor), 0)::bigint AS counted FROM cap_usages u',
    ),
  );
  return must(rows[0], 'the sum').counted;
}
