import { calendarDate } from '../../../src/kernel/calendar-date';
import { DAY_MS, HOUR_MS } from '../../../src/kernel/clock';
import type { Id } from '../../../src/kernel/id';
import { Money } from '../../../src/kernel/money';
import { loanCollectionsAccount } from '../../../src/modules/ledger';
import type { Custodian } from '../../../src/modules/payments';
import {
  collectionEvents,
  collectionsOf,
  eur,
  lastTransfer,
  payerOfLoan,
  paymentWorld,
  requestInstalments,
  type PaymentWorld,
} from '../../support/payment-world';

let world: PaymentWorld;

beforeAll(async () => {
  world = await paymentWorld();
});
afterEach(async () => {
  expect(await world.broken()).toEqual([]);
});
afterAll(() => world.close());

const due = (date: string) => calendarDate(date);
const balanceOf = async (loanId: Id<'lon'>) =>
  (
    await world.read((db) => world.ledger.getAccount(db, loanCollectionsAccount(loanId, 'EUR')))
  ).balance.negated();
const today = (): string => world.clock.now().toISOString().slice(0, 10);

describe('a transfer that bears a standing reference', () => {
  const arrive = (money: Money, reference: string) =>
    world.sandbox.receiveTransfer({
      operatorId: 1,
      amount: money,
      reference,
      payer: { name: 'A borrower', account: 'DE89370400440532013000' },
    });

  test('is on the loan’s collections as often as one is sent', async () => {
    const { loanId, reference } = await payerOfLoan(world);
    await arrive(eur('100.00'), `rate ${reference}`);
    await arrive(eur('25.50'), reference.toLowerCase());
    await world.later(0);
    expect(await balanceOf(loanId)).toEqual(eur('125.50'));
    expect(await collectionEvents(world, loanId)).toMatchObject([
      { type: 'collection.received', payload: { owner: { kind: 'loan', id: loanId } } },
      { type: 'collection.received', payload: { amount: { amount: '25.50', currency: 'EUR' } } },
    ]);
  });

  test('is booked once, however often the custodian tells of it', async () => {
    const { loanId, reference } = await payerOfLoan(world);
    await arrive(eur('60.00'), reference);
    const [arrival] = await world.sandbox.listArrivals(1, 10);
    if (!arrival) throw new Error('no transfer arrived');
    await Promise.all(
      [1, 2, 3].map(() => world.write((tx) => world.transfers.receive(tx, arrival))),
    );
    await world.later(0);
    expect(await balanceOf(loanId)).toEqual(eur('60.00'));
    expect(await collectionEvents(world, loanId)).toHaveLength(1);
  });

  test.each([
    { why: 'is of another currency', money: Money.parse('60.00', 'USD'), isClosed: false },
    { why: 'comes after it was closed', money: eur('60.00'), isClosed: true },
  ])('waits in suspense with a hint when it $why', async ({ money, isClosed }) => {
    const { loanId, owner, reference } = await payerOfLoan(world);
    if (isClosed) await world.write((tx) => world.references.close(tx, owner));
    await arrive(money, reference);
    await world.later(0);
    const transfer = await lastTransfer(world);
    expect(transfer).toMatchObject({ status: 'suspense', suggestedReference: reference });
    expect(await balanceOf(loanId)).toEqual(eur('0.00'));
  });

  test('is assigned out of suspense by two people, to a loan that is closed too', async () => {
    const { loanId, owner, reference } = await payerOfLoan(world);
    await world.write((tx) => world.references.close(tx, owner));
    await arrive(eur('60.00'), reference);
    await world.later(0);
    const { id } = await lastTransfer(world);
    const order = { reference, note: 'The last instalment, late' };
    await world.write((tx) => world.transfers.propose(tx, id, order), 'usr_first');
    await expect(
      world.write((tx) => world.transfers.confirm(tx, id), 'usr_first'),
    ).rejects.toMatchObject({ code: 'payments.four-eyes' });
    await world.write((tx) => world.transfers.confirm(tx, id), 'usr_second');
    expect(await balanceOf(loanId)).toEqual(eur('60.00'));
    expect(await collectionEvents(world, loanId)).toMatchObject([
      { type: 'collection.received', payload: { transferId: id } },
    ]);
  });

  test('is not assigned to a reference of another currency', async () => {
    const { reference } = await payerOfLoan(world);
    await arrive(Money.parse('60.00', 'USD'), '');
    await world.later(0);
    const { id } = await lastTransfer(world);
    const order = { reference, note: 'Dollars' };
    await expect(world.write((tx) => world.transfers.propose(tx, id, order))).rejects.toMatchObject(
      { code: 'payments.reference-currency' },
    );
  });

  test('an owner has one reference, however often it is opened', async () => {
    const { owner, partyId, reference } = await payerOfLoan(world);
    const again = await world.write((tx) =>
      world.references.open(tx, { owner, partyId, currency: 'EUR' }),
    );
    expect(again.reference).toBe(reference);
  });
});

describe('a collection under a debit mandate', () => {
  test('is told the day before, drawn on its day and booked once', async () => {
    const { loanId } = await payerOfLoan(world, { mandate: 'BANK00' });
    const dueOn = new Date(world.clock.now().getTime() + 5 * DAY_MS).toISOString().slice(0, 10);
    const order = { loanId, dueOn: due(dueOn), amount: eur('88.13') };
    await requestInstalments(world, [order]);
    await requestInstalments(world, [order]);
    await world.later(2 * DAY_MS);
    expect(await collectionsOf(world, loanId)).toMatchObject([{ status: 'requested' }]);

    await world.later(2 * DAY_MS);
    expect(await collectionsOf(world, loanId)).toMatchObject([{ status: 'instructed' }]);
    expect(await balanceOf(loanId)).toEqual(eur('0.00'));

    for (let hours = 0; hours < 48; hours += 6) await world.later(6 * HOUR_MS);
    const [collection] = await collectionsOf(world, loanId);
    expect(collection?.status).toBe('confirmed');
    expect(collection?.executedAt?.toISOString().slice(0, 10)).toBe(dueOn);
    expect(await balanceOf(loanId)).toEqual(eur('88.13'));
    expect(await collectionEvents(world, loanId)).toMatchObject([
      { type: 'collection.received', payload: { dueOn, source: `instalment:${loanId}:${dueOn}` } },
    ]);
  });

  test.each([
    { account: 'BANK31', days: 2, status: 'rejected', reasonCode: 'payer-has-no-funds' },
    { account: 'BANK19', days: 9, status: 'expired', reasonCode: 'lapsed' },
  ])('of an account that ends like $account is $status', async ({ account, days, ...expected }) => {
    const { loanId } = await payerOfLoan(world, { mandate: account });
    await requestInstalments(world, [{ loanId, dueOn: due(today()), amount: eur('70.00') }]);
    for (let day = 0; day <= days; day += 1) await world.later(DAY_MS);
    expect(await collectionsOf(world, loanId)).toMatchObject([expected]);
    expect(await collectionEvents(world, loanId)).toMatchObject([
      { type: 'collection.rejected', payload: { reasonCode: expected.reasonCode } },
    ]);
    expect(await balanceOf(loanId)).toEqual(eur('0.00'));
  });

  test('whose answers are lost is asked after again, and booked once', async () => {
    const { loanId } = await payerOfLoan(world, { mandate: 'BANK23' });
    await requestInstalments(world, [{ loanId, dueOn: due(today()), amount: eur('70.00') }]);
    await world.later(0);
    expect(await collectionsOf(world, loanId)).toMatchObject([
      { status: 'instructed', attempts: 1, lastFailure: 'custodian-unreachable' },
    ]);
    for (let run = 0; run < 4; run += 1) await world.later(HOUR_MS);
    expect(await balanceOf(loanId)).toEqual(eur('70.00'));
  });

  test('is left out where there is no debit mandate, and not drawn once it was ended', async () => {
    const without = await payerOfLoan(world);
    const ended = await payerOfLoan(world, { mandate: 'BANK00' });
    const asked = [without, ended].map(({ loanId }) => ({
      loanId,
      dueOn: due(today()),
      amount: eur('70.00'),
    }));
    expect(await requestInstalments(world, asked)).toHaveLength(1);
    await world.write((tx) => world.references.endDebitMandate(tx, ended.reference));
    await world.later(0);
    expect(await collectionsOf(world, ended.loanId)).toMatchObject([
      { status: 'rejected', reasonCode: 'debit-mandate-ended' },
    ]);
    await expect(
      world.write((tx) => world.references.endDebitMandate(tx, ended.reference)),
    ).rejects.toMatchObject({ code: 'payments.no-debit-mandate' });
  });

  test('is taken back while it is here, and not once it is gone', async () => {
    const { loanId } = await payerOfLoan(world, { mandate: 'BANK00' });
    const dueOn = due(today());
    await requestInstalments(world, [{ loanId, dueOn, amount: eur('70.00') }]);
    const source = `instalment:${loanId}:${dueOn}`;
    expect(await world.write((tx) => world.collections.cancel(tx, [source]))).toBe(1);
    await world.later(DAY_MS);
    expect(await collectionsOf(world, loanId)).toMatchObject([{ status: 'cancelled' }]);

    const next = due(today());
    await requestInstalments(world, [{ loanId, dueOn: next, amount: eur('71.00') }]);
    await world.later(0);
    const gone = `instalment:${loanId}:${next}`;
    expect(await world.write((tx) => world.collections.cancel(tx, [gone]))).toBe(0);
    await world.later(DAY_MS);
    expect(await balanceOf(loanId)).toEqual(eur('71.00'));
  });

  test('is not booked twice when the process dies after the custodian heard, or two run', async () => {
    const { loanId } = await payerOfLoan(world, { mandate: 'BANK00' });
    await requestInstalments(world, [{ loanId, dueOn: due(today()), amount: eur('70.00') }]);
    const deadly: Custodian = Object.assign(Object.create(world.sandbox) as Custodian, {
      instructAll: async (...told: Parameters<Custodian['instructAll']>) => {
        await world.sandbox.instructAll(...told);
        throw new Error('killed');
      },
    });
    await world.dispatcher(deadly).run(1);
    world.clock.advance(2 * HOUR_MS);
    await world.dispatcher(deadly).run(1);
    expect(await collectionsOf(world, loanId)).toMatchObject([{ status: 'instructed' }]);
    world.clock.advance(2 * HOUR_MS);
    await Promise.all([1, 2, 3].map(() => world.dispatcher().run(1)));
    expect(await balanceOf(loanId)).toEqual(eur('70.00'));
    expect(await collectionEvents(world, loanId)).toHaveLength(1);
  });

  test('goes to the custodian in files, as many of them as are due', async () => {
    const { loanId } = await payerOfLoan(world, { mandate: 'BANK00' });
    const orders = Array.from({ length: 1200 }, (_, at) => ({
      loanId,
      dueOn: due(today()),
      amount: eur('1.00'),
      no: at,
    }));
    await requestInstalments(world, orders);
    const files: number[] = [];
    const counting: Custodian = Object.assign(Object.create(world.sandbox) as Custodian, {
      instructAll: async (...told: Parameters<Custodian['instructAll']>) => {
        files.push(told[1].length);
        return world.sandbox.instructAll(...told);
      },
    });
    await world.dispatcher(counting).run(1);
    expect(files).toEqual([500, 500, 200]);
    await world.later(2 * HOUR_MS);
    expect(await balanceOf(loanId)).toEqual(eur('1200.00'));
  });
});
