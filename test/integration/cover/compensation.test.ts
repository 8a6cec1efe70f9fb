import { must } from '../../../src/kernel/assert';
import { addDays } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import type { Claim } from '../../../src/modules/cover';
import { guarantorCashAccount } from '../../../src/modules/ledger';
import { coverWorld, type CoverWorld } from '../../support/cover-world';
import type { ServicedLoan } from '../../support/servicing-world';

let world: CoverWorld;

beforeEach(async () => {
  world = await coverWorld();
}, 60_000);

afterEach(async () => {
  expect(await world.broken()).toEqual([]);
  await world.end();
});

const claimsOf = async ({ loan }: ServicedLoan): Promise<readonly Claim[]> => {
  const { claims } = await world.read((db) => world.cover.loanCover.of(db, loan.id));
  return claims;
};

/** Everything a set of lenders has in cash. */
const cashOf = async ({ lenders }: ServicedLoan): Promise<Money> => {
  let sum = Money.zero(world.currency);
  for (const lender of lenders) sum = sum.plus(world.money((await world.cash(lender))[0]));
  return sum;
};

/** The evening so many days after the first instalment fell due, which nobody paid. */
const evening = async ({ loan }: ServicedLoan, days: number): Promise<number> =>
  world.evening(addDays(must(loan.nextDueOn, 'a due date'), days));

describe('a guarantee', () => {
  test('pays lenders once the trigger is reached, and takes over what it paid for', async () => {
    const serviced = await world.active();
    const guarantor = await world.guarantor('500000.00');
    await world.covers(serviced.loan, world.contract(guarantor.id));
    expect(await evening(serviced, 29)).toBe(0);
    expect(await evening(serviced, 30)).toBe(1);
    const before = await cashOf(serviced);
    await world.compensate();

    const { loan, notes } = await world.look(serviced);
    const [claim] = await claimsOf(serviced);
    expect(claim?.status).toBe('paid');
    const paid = must(claim, 'the claim').paid;
    expect((await cashOf(serviced)).minus(before).equals(paid)).toBe(true);
    // The borrower owes what it owed; a fifth of it, and of every note, is still the lenders'.
    expect(loan.outstanding.toString()).toBe('100000.00 EUR');
    const taken = notes.filter(({ holder }) => holder.kind === 'guarantor');
    expect(taken.map(({ principal }) => principal.toString())).toEqual(['80000.00 EUR']);
    expect(notes.slice(0, 3).map(({ principal }) => principal.toString())).toEqual([
      '10000.00 EUR',
      '6000.00 EUR',
      '4000.00 EUR',
    ]);
    const left = await world.balance(guarantorCashAccount(guarantor.id, 'EUR'));
    expect(left).toBe(world.money('500000.00').minus(paid).toDecimalString());
  });

  test('makes nothing twice, and pays nothing twice', async () => {
    const serviced = await world.active();
    const guarantor = await world.guarantor('500000.00');
    await world.covers(serviced.loan, world.contract(guarantor.id));
    await evening(serviced, 30);
    await world.compensate();
    const after = await cashOf(serviced);
    expect(await evening(serviced, 31)).toBe(0);
    await world.compensate();
    expect((await cashOf(serviced)).equals(after)).toBe(true);
    expect(await claimsOf(serviced)).toHaveLength(1);
  });

  test('shares later payments with the lenders by what each holds', async () => {
    const serviced = await world.active();
    const guarantor = await world.guarantor('500000.00');
    await world.covers(serviced.loan, world.contract(guarantor.id));
    await evening(serviced, 30);
    await world.compensate();
    const lenders = await cashOf(serviced);
    const account = guarantorCashAccount(guarantor.id, 'EUR');
    const before = world.money(await world.balance(account));
    await world.collect(serviced.loan, '4000.00');
    await evening(serviced, 31);
    const toLenders = (await cashOf(serviced)).minus(lenders);
    const toGuarantor = world.money(await world.balance(account)).minus(before);
    expect(toLenders.isPositive).toBe(true);
    const ratio = toGuarantor.toDecimal().div(toLenders.toDecimal()).toNumber();
    expect(ratio).toBeCloseTo(4, 3);
  });

  test('pays as far as its money goes, and the rest when there is more', async () => {
    const serviced = await world.active();
    const guarantor = await world.guarantor('1000.00');
    await world.covers(serviced.loan, world.contract(guarantor.id));
    await evening(serviced, 30);
    await world.compensate();
    const [short] = await claimsOf(serviced);
    expect(short?.status).toBe('accepted');
    expect(short?.paid.toString()).toBe('1000.00 EUR');
    await world.payIn(guarantor, '200000.00');
    await world.compensate();
    const [full] = await claimsOf(serviced);
    expect(full?.status).toBe('paid');
    expect(full?.paid.equals(must(full.claimed, 'the claim'))).toBe(true);
    const { notes } = await world.look(serviced);
    expect(notes.filter(({ holder }) => holder.kind === 'guarantor')).toHaveLength(2);
  });

  test('of several is shared exactly, and the lenders bear the rest', async () => {
    const serviced = await world.active();
    const first = await world.guarantor('500000.00');
    const second = await world.guarantor('500000.00', { kind: 'insurer', name: 'An insurer' });
    await world.covers(serviced.loan, world.contract(first.id, { sharePpm: 500_000 }));
    const later = { sharePpm: 300_000, triggerDays: 60, basis: 'principal' } as const;
    await world.covers(serviced.loan, world.contract(second.id, later));
    expect(await evening(serviced, 30)).toBe(1);
    await world.compensate();
    expect(await evening(serviced, 61)).toBe(1);
    await world.compensate();
    const { notes, loan } = await world.look(serviced);
    const held = (id: string) =>
      Money.sum(
        notes.filter(({ holder }) => holder.id === id).map(({ principal }) => principal),
        'EUR',
      );
    expect(held(first.id).toString()).toBe('50000.00 EUR');
    const claims = await claimsOf(serviced);
    const ofInsurer = must(
      claims.find(({ providerId }) => providerId === second.id),
      'the claim on the insurer',
    );
    // It covers 30 % of principal and no interest: what it pays is 30 % of what was lent.
    expect(ofInsurer.paid.toString()).toBe('30000.00 EUR');
    expect(held(second.id).isLessThan(world.money('30000.00'))).toBe(true);
    expect(loan.outstanding.toString()).toBe('100000.00 EUR');
  });

  test('lapses when the borrower pays first', async () => {
    const serviced = await world.active();
    const guarantor = await world.guarantor('0.00');
    await world.covers(serviced.loan, world.contract(guarantor.id));
    await evening(serviced, 30);
    await world.collect(serviced.loan, '15000.00');
    await evening(serviced, 31);
    await world.payIn(guarantor, '100000.00');
    await world.compensate();
    const { notes } = await world.look(serviced);
    expect(notes.every(({ holder }) => holder.kind === 'investor')).toBe(true);
    const listed = await world.read((db) => world.cover.claims.list(db, { limit: 10 }));
    expect(listed.map(({ status }) => status)).toEqual(['lapsed']);
  });

  test('waits for a person where the contract says so', async () => {
    const serviced = await world.active();
    const guarantor = await world.guarantor('500000.00');
    await world.covers(serviced.loan, world.contract(guarantor.id, { review: 'staff' }));
    await evening(serviced, 30);
    await world.compensate();
    const [claim] = await claimsOf(serviced);
    const { id } = must(claim, 'the claim');
    expect(claim?.status).toBe('made');
    const less = { granted: world.money('1.00') };
    await expect(
      world.write((tx) => world.cover.claims.accept(tx, id, less), 'usr_compliance'),
    ).rejects.toMatchObject({ code: 'cover.grant-out-of-range' });
    await world.write((tx) => world.cover.claims.accept(tx, id, {}), 'usr_compliance');
    await world.compensate();
    expect((await claimsOf(serviced))[0]?.status).toBe('paid');
  });
});
