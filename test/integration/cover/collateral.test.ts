import { must } from '../../../src/kernel/assert';
import { addDays, calendarDate, dateIn } from '../../../src/kernel/calendar-date';
import type { Id } from '../../../src/kernel/id';
import { feeAccount } from '../../../src/modules/ledger';
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

const HASH = 'c'.repeat(64);

const offer = async ({ loan }: ServicedLoan): Promise<Id<'clt'>> => {
  const draft = {
    kind: 'patent',
    description: 'A patent on a loom',
    owner: 'The borrower',
    prior: world.money('10000.00'),
  } as const;
  const { id } = await world.write((tx) => world.cover.collaterals.offer(tx, loan.id, draft));
  return id;
};

const value = (id: Id<'clt'>, amount: string) =>
  world.write((tx) =>
    world.cover.collaterals.value(tx, id, {
      valuedOn: dateIn('UTC', world.clock.now()),
      amount: world.money(amount),
      method: 'income',
      valuer: 'A valuer',
      documentSha256: HASH,
    }),
  );

const register = (id: Id<'clt'>, number = 'PL-2025-1') =>
  world.write((tx) =>
    world.cover.collaterals.register(tx, id, {
      registry: 'The patent office',
      number,
      on: calendarDate('2025-03-10'),
      documentSha256: HASH,
    }),
  );

const coverOf = ({ loan }: ServicedLoan) =>
  world.read((db) => world.cover.loanCover.of(db, loan.id));

test('a patent counts once it is registered, by its latest value and less what others are owed', async () => {
  const serviced = await world.active();
  const id = await offer(serviced);
  await value(id, '410000.00');
  expect((await coverOf(serviced)).loanToValue.level).toBe('breach');
  await register(id);
  const good = await coverOf(serviced);
  expect([good.loanToValue.value.toString(), good.loanToValue.ratio?.toString()]).toEqual([
    '400000.00 EUR',
    '0.25',
  ]);
  expect(good.loanToValue.level).toBe('good');
  expect(good.collateral[0]?.isRevaluationDue).toBe(false);
  // 100,000 lent on 230,000 less 10,000 is more than 40 % and less than 50 %.
  await value(id, '230000.00');
  expect((await coverOf(serviced)).loanToValue.level).toBe('warning');
  world.until('2026-03-20');
  expect((await coverOf(serviced)).collateral[0]?.isRevaluationDue).toBe(true);
  const { valuations } = await world.read((db) => world.cover.collaterals.file(db, id));
  expect(valuations.map(({ no }) => no)).toEqual([1, 2]);
});

test('one registration stands for one loan', async () => {
  const first = await offer(await world.active());
  const second = await offer(await world.active());
  await register(first);
  await expect(register(second)).rejects.toMatchObject({ code: 'cover.already-charged' });
});

test('what is registered is released only once the loan is repaid', async () => {
  const serviced = await world.active();
  const id = await offer(serviced);
  await register(id);
  const release = { on: calendarDate('2025-03-11'), documentSha256: HASH };
  const { collaterals } = world.cover;
  await expect(world.write((tx) => collaterals.release(tx, id, release))).rejects.toMatchObject({
    code: 'cover.collateral-status',
  });
  await world.write((tx) => collaterals.dueForRelease(tx, serviced.loan.loanNo));
  const released = await world.write((tx) => collaterals.release(tx, id, release));
  expect(released.status).toBe('released');
});

test('what a sale brings pays its costs, then lenders and the guarantor by what they hold', async () => {
  const serviced = await world.active();
  const { collaterals } = world.cover;
  const id = await offer(serviced);
  await register(id);
  await expect(world.write((tx) => collaterals.enforce(tx, id))).rejects.toMatchObject({
    code: 'cover.loan-not-overdue',
  });
  const guarantor = await world.guarantor('500000.00');
  await world.covers(serviced.loan, world.contract(guarantor.id, { sharePpm: 500_000 }));
  const late = addDays(must(serviced.loan.nextDueOn, 'a due date'), 40);
  await world.evening(late);
  await world.compensate();
  await world.write((tx) => collaterals.enforce(tx, id));
  await world.collect(serviced.loan, '3000.00');
  const before = await world.look(serviced);
  await world.write((tx) =>
    collaterals.realise(tx, id, {
      realisedOn: late,
      proceeds: world.money('3000.00'),
      costs: world.money('400.00'),
      documentSha256: HASH,
      isLast: true,
    }),
  );
  const after = await world.look(serviced);
  const repaid = before.loan.outstanding.minus(after.loan.outstanding);
  expect(repaid.isPositive).toBe(true);
  const brought = (place: number) =>
    must(before.notes[place], 'a note').principal.minus(
      must(after.notes[place], 'a note').principal,
    );
  const ofGuarantor = must(before.notes.length, 'notes') - 1;
  const halves = repaid.minor - 2n * brought(ofGuarantor).minor;
  expect(halves >= -1n && halves <= 1n).toBe(true);
  expect(await world.balance(feeAccount('costs', 'EUR'))).toBe('400.00');
  const { collateral, realisations } = await world.read((db) => collaterals.file(db, id));
  expect([collateral.status, realisations.length]).toEqual(['enforced', 1]);
});
