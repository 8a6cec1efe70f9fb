import { createHash } from 'node:crypto';
import request from 'supertest';
import { must } from '../../src/kernel/assert';
import type { CalendarDate } from '../../src/kernel/calendar-date';
import type { Id } from '../../src/kernel/id';
import { parseCsv } from '../../src/platform/csv';
import { recompute, returnsWorld, type ReturnsWorld } from '../support/returns-world';
import type { ServicedLoan } from '../support/servicing-world';

let world: ReturnsWorld;
let ada: Id<'inv'>;
let bob: Id<'inv'>;
let good: ServicedLoan;
let bad: ServicedLoan;
let sold: ServicedLoan;
/** The last moment at which a payment of 3 June was not known. */
let beforeLate: Date;
/** What was told of Ada's portfolio on a day in the middle, and how it was asked for. */
let told: { readonly path: string; readonly body: unknown };

const CASH = 1_000_000_00n;

interface FigureView {
  readonly formula: string;
  readonly value: string | null;
  readonly reason?: string;
}

interface PartView {
  readonly group?: string;
  readonly loans: number;
  readonly defaulted: number;
  readonly figures: readonly FigureView[];
}

/** The value of a figure, or why it has none. */
function figure({ figures }: PartView, formula: string): string | undefined {
  const found = must(
    figures.find((each) => each.formula === formula),
    formula,
  );
  return found.value ?? found.reason;
}

const lent = { note: { termMonths: 6 } };

/** Pays what falls due of a loan on its days, as the borrower would; less on some. */
async function pay(loan: ServicedLoan, day: CalendarDate, share = 100n): Promise<void> {
  const rows = await world.schedule(loan);
  const due = rows.find(({ dueOn, paidOn }) => dueOn === day && paidOn === undefined);
  if (!due) return;
  const minor = ((due.principal + due.interest) * share) / 100n;
  const text = minor.toString().padStart(3, '0');
  await world.collect(loan.loan, `${text.slice(0, -2)}.${text.slice(-2)}`);
}

const today = (): CalendarDate => world.clock.now().toISOString().slice(0, 10) as CalendarDate;

/** Every loan that is made takes two weeks to fill. */
async function lifeOfAll(): Promise<void> {
  good = await world.active({ ...lent, parts: ['12000.00', '8000.00'] });
  [ada, bob] = [must(good.lenders[0], 'Ada'), must(good.lenders[1], 'Bob')];
  world.owns(ada);
  bad = await world.active({ ...lent, parts: ['7000.00', '3000.00'], lenders: [ada, bob] });
  sold = await world.active({ parts: ['9000.00'], lenders: [ada], note: { termMonths: 12 } });
  const payers = [good, bad, sold];
  await world.live(40, async (day) => {
    for (const loan of payers) await pay(loan, day);
  });
  await world.sell(sold, { from: ada, to: bob, units: 40n, price: '0.97' });
  const known = world.clock.now();
  const path = `/v1/investors/${ada}/returns?by=term&as-of=${today()}&known-at=${known.toISOString()}`;
  told = { path, body: (await world.get(path)).body };
  world.clock.advance(1000);
  // The bank takes a payment back: an entry of its own, on its own day.
  await world.write((tx) =>
    world.reversals.reverse(tx, { loanId: good.loan.id, paymentNo: 2, reason: 'bounced' }),
  );
  const cancelled = await world.agreed({ parts: ['500.00'], lenders: [ada] });
  await world.live(5);
  await world.write((tx) =>
    world.services.loanCancellation.cancel(tx, cancelled.loan.id, 'Not wanted'),
  );
  await payLate();
  await world.live(110, async (day) => {
    await pay(good, day);
    await pay(sold, day);
    if (day < '2025-07-20') await pay(bad, day, 40n);
  });
}

/** The bad one paid a part, and that was found out more than a week later. */
async function payLate(): Promise<void> {
  beforeLate = world.clock.now();
  world.clock.advance(1000);
  const amount = await world.collect(bad.loan, '612.34');
  const source = { type: 'transfer', id: 'trf_late' };
  const paidOn = '2025-06-03' as CalendarDate;
  const receipt = { loanId: bad.loan.id, amount, kind: 'instalment', source, paidOn } as const;
  await world.write((tx) => world.payments.receive(tx, receipt));
}

async function endOfTheBadOne(): Promise<void> {
  const on = today();
  const loan = await world.read((db) => world.services.loans.get(db, bad.loan.id));
  await world.write((tx) => world.writeOffs.writeOff(tx, loan, { on, reason: 'Insolvent' }));
  await world.live(10);
  await world.collect(bad.loan, '1234.56');
  await world.live(3);
  // One more waits for its borrower.
  await world.agreed({ parts: ['700.00'], lenders: [ada] });
}

beforeAll(async () => {
  world = await returnsWorld();
  await lifeOfAll();
}, 240_000);

afterAll(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

/** Check 21 of a buyer: a return that can be recomputed by hand from an export. */
describe('the returns of a lender', () => {
  it('tell a loan in default from what is lost', async () => {
    const { body } = await world.get(`/v1/investors/${ada}/returns?by=term`);
    expect(body.whole).toMatchObject({ loans: 3, defaulted: 1 });
    const net = Number(figure(body.whole, 'net-annual-return/1'));
    const adjusted = Number(figure(body.whole, 'loss-adjusted-return/1'));
    expect(net).toBeGreaterThan(0);
    expect(adjusted).toBeLessThan(0);
    expect(figure(body.whole, 'realised-loss-rate/1')).toBe('0.000000');
    expect(figure(body.whole, 'default-rate/1')).toBe('0.333333');
    expect(body.groups.map(({ group }: PartView) => group)).toEqual(['6', '12', '24']);
    expect(figure(body.groups[2], 'net-annual-return/1')).toBe('nothing-outstanding');
    expect(figure(body.groups[2], 'xirr/1')).toBe('0.000000');
  });

  it('come out again as they were told, after later entries and a reversal', async () => {
    const again = await world.get(told.path);
    expect(again.body).toEqual(told.body);
    // What was recorded since is there for who asks what is known now.
    const { body } = await world.get(`/v1/investors/${ada}/returns?by=term`);
    expect(body.whole).not.toEqual((told.body as { whole: unknown }).whole);
  });

  it('take a payment for its day as soon as it is known, and not before', async () => {
    const path = `/v1/investors/${ada}/returns?as-of=2025-06-04`;
    const before = await world.get(`${path}&known-at=${beforeLate.toISOString()}`);
    const after = await world.get(path);
    const interestOf = ({ body }: typeof before) => Number(body.whole.income.interest.amount);
    expect(interestOf(after)).toBeGreaterThan(interestOf(before));
  });

  it('follow from an export by a script of nobody’s here', async () => {
    const { text } = await world.get(`/v1/investors/${ada}/returns/export?by=term`);
    const done = await recompute(text);
    // A loan that was never paid out has no yearly rate and no default rate.
    expect(done).toMatchObject({ differences: 0, undefined: 6 });
    expect(done.events).toBeGreaterThan(12);
    expect(done.figures).toBeGreaterThan(20);
  });

  it('turn out false in the script as soon as one cent is another', async () => {
    const { text } = await world.get(`/v1/investors/${ada}/returns/export`);
    const changed = text.replace('"interest":"1', '"interest":"2');
    expect(changed).not.toBe(text);
    const done = await recompute(changed);
    expect(done.said).toContain('DIFFERENT sha256');
    expect(done.said).toContain('DIFFERENT whole net-annual-return/1');
  });

  it('hold every cent that moved on the lender’s account', async () => {
    for (const lender of [ada, bob]) {
      const { body } = await world.get(`/v1/investors/${lender}/returns/export`, 'regulator');
      expect(CASH + flowsOf(body)).toBe(await world.cashOf(lender));
    }
  });

  it('are nobody else’s to see', async () => {
    for (const path of ['returns', 'returns/export', 'returns/export.csv']) {
      const reply = await world.get(`/v1/investors/${bob}/${path}`);
      expect([reply.status, reply.body.code]).toEqual([404, 'returns.portfolio-not-found']);
    }
    expect((await world.get('/v1/returns')).status).toBe(403);
    expect((await world.get(`/v1/investors/${bob}/returns`, 'compliance')).status).toBe(200);
  });

  it('cannot be asked for days to come', async () => {
    const { status, body } = await world.get(`/v1/investors/${ada}/returns?as-of=2027-01-01`);
    expect([status, body.code]).toEqual([422, 'returns.as-of-in-future']);
  });

  it('are written as a table too, sealed by its last line', async () => {
    const { text, headers } = await world.get(`/v1/investors/${ada}/returns/export.csv`);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    const { columns, records } = parseCsv(text);
    const rows = records.map((row) => ('cells' in row ? row.cells : []));
    const cell = (row: readonly string[], name: string) => row[columns.indexOf(name)];
    const seal = text.lastIndexOf('sha256,');
    expect(cell(must(rows.at(-1), 'a row'), 'value')).toBe(
      createHash('sha256').update(text.slice(0, seal)).digest('hex'),
    );
    const { body } = await world.get(`/v1/investors/${ada}/returns`);
    const shown = rows
      .filter((row) => cell(row, 'record') === 'figure' && cell(row, 'group') === '')
      .map((row) => [cell(row, 'name'), cell(row, 'value') || cell(row, 'reason')]);
    expect(shown).toEqual(
      body.whole.figures.map(({ formula, value, reason }: FigureView) => [
        formula,
        value ?? reason,
      ]),
    );
  });
});

describe('the returns of all lenders', () => {
  it.each(['grade', 'vintage', 'term'])('by %s follow from their export', async (by) => {
    const { body } = await world.get(`/v1/returns?by=${by}`, 'regulator');
    expect(body.whole).toMatchObject({ loans: 3, defaulted: 1 });
    const { text } = await world.get(`/v1/returns/export?by=${by}`, 'regulator');
    expect(await recompute(text)).toMatchObject({ differences: 0 });
  });

  it('leave trades between lenders out', async () => {
    const { body } = await world.get('/v1/returns?by=vintage', 'operations');
    expect(body.whole.income.gains.amount).toBe('0.00');
    expect(body.groups[0].figures[0].formula).toBe('yield-by-vintage/1');
  });
});

describe('what anybody may see', () => {
  it('is every formula, in both languages, each figure naming one of them', async () => {
    const { body } = await request(world.small.app).get('/v1/returns/formulas').expect(200);
    const keys: string[] = body.formulas.map(({ key }: { key: string }) => key);
    const shown = await world.get(`/v1/investors/${ada}/returns`);
    const used = [shown.body.whole, ...shown.body.groups].flatMap(
      ({ figures }: PartView) => figures,
    );
    expect(keys.toSorted()).toEqual([...new Set(used.map(({ formula }) => formula))].toSorted());
    for (const { title, definition, rounding, undefined: none, source } of body.formulas) {
      for (const text of [title, definition, rounding, none, source]) {
        expect([text.en, text.zh].every((words: string) => words.length > 1)).toBe(true);
      }
    }
  });

  it('is the default rate of loans, with numerator and denominator, by category', async () => {
    const loan = (category: string, defaults: readonly { from: string }[] = []) => ({
      category,
      originatedOn: '2023-06-01',
      paymentsDueOn: ['2024-06-01'],
      defaults,
    });
    const loans = [loan('A'), loan('B'), loan('B', [{ from: '2024-09-30' }])];
    const { body } = await request(world.small.app)
      .post('/v1/calculators/default-rate')
      .send({ until: '2025-01-01', loans })
      .expect(200);
    const window = { from: '2024-01-01', until: '2025-01-01' };
    expect(body).toEqual({
      rate: '0.333333',
      windows: [{ ...window, numerator: 1, denominator: 3, rate: '0.333333' }],
      byCategory: [
        {
          category: 'A',
          rate: '0',
          windows: [{ ...window, numerator: 0, denominator: 1, rate: '0' }],
        },
        {
          category: 'B',
          rate: '0.5',
          windows: [{ ...window, numerator: 1, denominator: 2, rate: '0.5' }],
        },
      ],
      citation: 'Delegated Regulation (EU) 2022/2115, article 2',
    });
  });
});

describe('a loan that is written off, and partly recovered', () => {
  beforeAll(async () => {
    await endOfTheBadOne();
  }, 60_000);

  it('is a loss of its evening, and what comes later a recovery', async () => {
    const { body } = await world.get(`/v1/investors/${ada}/returns`);
    const { losses, recoveries } = body.whole.income;
    expect(Number(losses.amount)).toBeGreaterThan(4000);
    expect(Number(recoveries.amount)).toBeGreaterThan(0);
    expect(body.whole.doubtful.amount).toBe('0.00');
    expect(body.whole.waiting.amount).toBe('700.00');
    expect(figure(body.whole, 'loss-adjusted-return/1')).toBe(
      figure(body.whole, 'net-annual-return/1'),
    );
    const { text } = await world.get(`/v1/investors/${ada}/returns/export`);
    expect(await recompute(text)).toMatchObject({ differences: 0 });
    const book = await world.get('/v1/returns/export', 'admin');
    expect(await recompute(book.text)).toMatchObject({ differences: 0 });
    expect(CASH + flowsOf(JSON.parse(text))).toBe(await world.cashOf(ada));
  });

  it('still leaves what was told before as it was', async () => {
    expect((await world.get(told.path)).body).toEqual(told.body);
  });
});

interface ExportedStake {
  readonly paid: string;
  readonly accruedPaid: string;
  readonly refundedOn?: string;
  readonly events: readonly Readonly<Record<'price' | 'interest' | 'late' | 'fees', string>>[];
}

/** The sum of everything that came in or went out. */
function flowsOf({ stakes }: { readonly stakes: readonly ExportedStake[] }): bigint {
  const minor = (text: string): bigint => BigInt(text.replace('.', ''));
  return stakes.reduce((sum, { paid, accruedPaid, refundedOn, events }) => {
    const opening = refundedOn === undefined ? -minor(paid) - minor(accruedPaid) : 0n;
    return events.reduce(
      (total, event) =>
        total + minor(event.price) + minor(event.interest) + minor(event.late) - minor(event.fees),
      sum + opening,
    );
  }, 0n);
}
