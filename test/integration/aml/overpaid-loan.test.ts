import { join } from 'node:path';
import { must } from '../../../src/kernel/assert';
import { DAY_MS } from '../../../src/kernel/clock';
import { FieldCipher } from '../../../src/platform/field-cipher';
import { AmlExamination, AmlService, loadAmlPolicies } from '../../../src/modules/aml';
import { LoanArrivals } from '../../../src/modules/loans';
import { payingWorld, type PayingWorld } from '../../support/paying-world';

let world: PayingWorld;
let examination: AmlExamination;
let aml: AmlService;

beforeAll(async () => {
  world = await payingWorld();
  const deps = {
    ...world,
    cipher: new FieldCipher([{ id: 'k1', secret: Buffer.alloc(32, 7) }]),
    policies: loadAmlPolicies(join(__dirname, '../../../compliance/aml-policies')),
    // No name is opened in these tests.
    investors: undefined as never,
    issuers: undefined as never,
  };
  examination = new AmlExamination(deps);
  aml = new AmlService({ ...deps, schema: undefined });
});

afterAll(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

/** A loan is repaid on the day it was paid out, with so much too much, which its bank is sent back. */
async function overpay(tooMuch: string): Promise<string> {
  const { loan } = await world.active({ parts: ['30000.00'] });
  const on = world.until(world.clock.now().toISOString().slice(0, 10));
  const quote = await world.write((tx) => world.early.quote(tx, { loanId: loan.id, on }));
  await world.collect(loan, quote.total.toDecimalString());
  await world.collect(loan, tooMuch);
  await world.write((tx) => world.early.settle(tx, { loanId: loan.id, quoteId: quote.id }));
  const { bankAccounts, references, withdrawals } = world.services;
  const arrivals = new LoanArrivals({ ...world, bankAccounts, references, withdrawals });
  await world.write((tx) => arrivals.settle(tx, loan.id, 'repaid'));
  const [refund] = await world.read((db) => withdrawals.list(db, { limit: 1 }));
  const { id } = must(refund, 'the refund');
  await world.bankTakes(id);
  return id;
}

async function examine(): Promise<number> {
  world.clock.moveTo(new Date(world.clock.now().getTime() + DAY_MS));
  return world.write((tx) => examination.examine(tx));
}

test('what is sent back to a borrower is summed, and told of once', async () => {
  const first = await overpay('299999.99');
  expect(await examine()).toBe(0);
  const second = await overpay('0.01');
  expect(await examine()).toBe(1);
  const [alert] = await world.read((db) => aml.listAlerts(db, { limit: 5 }));
  expect(alert).toMatchObject({
    rule: { id: 'overpaid-loan' },
    policy: { id: 'general', version: 2 },
    subject: { kind: 'issuer', id: world.issuer.id },
    values: {
      currency: 'INR',
      sentBack: '300000.00 INR',
      least: '300000.00 INR',
      withinDays: '90',
    },
  });
  expect(alert?.entries.map(({ id }) => id)).toEqual([first, second]);
  await overpay('299999.99');
  expect(await examine()).toBe(0);
});
