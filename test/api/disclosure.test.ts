import { createHash } from 'node:crypto';
import request from 'supertest';
import type { CalendarDate } from '../../src/kernel/calendar-date';
import type { Id } from '../../src/kernel/id';
import { BlindIndex } from '../../src/platform/field-cipher';
import { disclosureRoutes, PublicDisclosure } from '../../src/modules/disclosure';
import { insertMonths } from '../../src/modules/disclosure/month.store';
import { OperatorDirectory, type Operator } from '../../src/modules/identity';
import { InspectionRegister, InspectionService } from '../../src/modules/supervision';
import { reportWorld, type ReportWorld } from '../support/report-world';
import { smallApp } from '../support/small-app';

let world: ReportWorld;
let small: ReturnType<typeof smallApp>;
let first: Id<'rpt'>;

const get = (path: string) => request(small.app).get(path);

/** Closes the evening of a day, and moves on to another. */
async function until(evening: string, then: string): Promise<void> {
  world.clock.moveTo(new Date(`${evening}T23:30:00Z`));
  await world.closeDay(evening as CalendarDate);
  world.clock.moveTo(new Date(`${then}T12:00:00Z`));
}

beforeAll(async () => {
  world = await reportWorld();
  const operators = new OperatorDirectory();
  const [known] = world.operators.all();
  operators.replaceAll([
    {
      ...known,
      legalName: 'Muster & <b>Söhne</b> AG',
      identityNumber: '529900T8BM49AURSDO55',
      identityKind: 'lei',
      jurisdiction: 'DE',
      licence: { number: 'L-1', authority: 'BaFin', validFrom: '2024-01-01' },
      custodian: { name: 'Die Bank', accountReference: 'secret-account' },
    } as Operator,
  ]);
  const { reports } = world;
  const identityIndex = new BlindIndex(Buffer.alloc(32, 9));
  const database = world.test.database;
  const publicDisclosure = new PublicDisclosure({
    clock: world.clock,
    operators,
    reports,
    identityIndex,
    database,
  });
  const inspections = new InspectionService({ ...world, operators });
  const inspectionRegister = new InspectionRegister({ ...world, inspections });
  small = smallApp(disclosureRoutes({ publicDisclosure, inspectionRegister, operators }), {
    database,
    strictReplies: true,
  });
  await world.active({ parts: ['700.00', '500.00'] });
}, 240_000);

afterAll(() => world.end());

describe('before anything was published', () => {
  test('the page says who the operator is, and that there is nothing yet', async () => {
    const { text } = await get('/public/eu-ecspr').expect(200);
    expect(text).toContain('Nothing has been published yet.');
    const book = await get('/public/eu-ecspr/loan-book.csv');
    expect(book.body.code).toBe('disclosure.nothing-published');
    await get('/public/nobody').expect(404);
  });
});

describe('once a month was published', () => {
  beforeAll(async () => {
    await until('2025-03-31', '2025-04-22');
    const run = await world.make('public-disclosure', '2025-03-15');
    expect(run.state).toBe('published');
    first = run.id;
  }, 60_000);

  test('the page is readable without scripts, in both languages, and nothing runs in it', async () => {
    const reply = await get('/public/eu-ecspr').expect(200);
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(reply.headers['cache-control']).toBe('public, max-age=300');
    const policy = reply.headers['content-security-policy'] ?? '';
    const style = /<style>([^]*)<\/style>/.exec(reply.text)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(policy).toContain(`style-src 'sha256-${hash}'`);
    expect(policy).toContain("default-src 'none'");
    expect(reply.text).not.toContain('<script');
    expect(reply.text).toContain('Muster &#38; &#60;b&#62;Söhne');
    expect(reply.text).toContain('<html lang="en">');
    expect(reply.text).not.toContain('secret-account');
    expect(reply.text).toMatch(/Lent to date<\/th><td>EUR<\/td><td class="number">1,200\.00/);
    expect(reply.text).toMatch(/Overdue rate, by amount<\/th><td>EUR<\/td><td class="number">0%/);
    const chinese = await get('/public/eu-ecspr?lang=zh').expect(200);
    expect(chinese.text).toContain('<html lang="zh-CN">');
    expect(chinese.text).toMatch(/累计借贷金额<\/th><td>EUR<\/td><td class="number">1,200\.00/);
  });

  test('the same is there as JSON, and the report as it was published', async () => {
    const { body } = await get('/public/eu-ecspr.json').expect(200);
    expect(body.operator).toMatchObject({
      code: 'eu-ecspr',
      licence: { number: 'L-1' },
      custodian: 'Die Bank',
    });
    const value = (id: string) =>
      body.latest.figures.find((figure: { id: string }) => figure.id === id).cells[0]?.value;
    expect([value('borrowers'), value('investors-to-date'), value('complaints-received')]).toEqual([
      '1',
      '2',
      '0',
    ]);
    const report = await get(body.latest.report.content).responseType('blob').expect(200);
    const hash = createHash('sha256').update(report.body).digest('hex');
    expect(hash).toBe(body.latest.report.contentSha256);
    expect(report.headers['cache-control']).toContain('immutable');
  });

  test('only reports that are for everybody are shown', async () => {
    const { id } = await world.make('platform-risk-monthly', '2025-03-15');
    const reply = await get(`/public/eu-ecspr/reports/${id}`);
    expect(reply.body.code).toBe('disclosure.report-not-found');
    const { body } = await get('/public/eu-ecspr.json');
    expect(body.archive.items.map((item: { id: string }) => item.id)).toEqual([first]);
  });

  test('the next month says field by field what has changed', async () => {
    for (let n = 0; n < 5; n += 1) await world.active({ parts: ['500.00'] });
    await until('2025-06-30', '2025-07-02');
    const { id } = await world.make('public-disclosure', '2025-06-15');
    const { body } = await get(`/public/eu-ecspr/reports/${id}/changes`).expect(200);
    expect(body.since.id).toBe(first);
    expect(body.fields).toContainEqual({
      field: 'figures/lent-to-date/{"currency":"EUR"}/value',
      before: '1200.00',
      after: '3200.00',
    });
    const begun = await get(`/public/eu-ecspr/reports/${first}/changes`).expect(200);
    expect(begun.body).toEqual({ fields: [] });
    const page = await get('/public/eu-ecspr.json?limit=1').expect(200);
    expect(page.body.archive.items).toHaveLength(1);
    const rest = await get(`/public/eu-ecspr.json?after=${page.body.archive.next}`);
    expect(rest.body.archive.items.map((item: { id: string }) => item.id)).toEqual([first]);
  });

  test('the loan book leaves out loans of fewer than five, and names no borrower', async () => {
    const book = async (): Promise<readonly string[]> =>
      (await get('/public/eu-ecspr/loan-book.csv').expect(200)).text.trim().split('\r\n');
    const [header, ...none] = await book();
    expect(header).toMatch(/^loan_key,amount,currency,term_months,rate,grade,purpose,region/);
    expect(none).toEqual([]);
    // The world has one borrower only: let each loan be another's.
    const by = { operatorId: 2, actor: { kind: 'system', id: 'test' } } as const;
    await world.test.owner.write(by, async (tx) => {
      await tx.execute('ALTER TABLE loans DISABLE TRIGGER USER');
      await tx.execute(`UPDATE loans SET issuer_id = 'iss_' || loan_no`);
      await tx.execute('ALTER TABLE loans ENABLE TRIGGER USER');
    });
    // Four of 500 and one of 1200: alike only in what is kept back.
    const [, ...lines] = await book();
    expect(lines).toHaveLength(5);
    for (const line of lines) {
      expect(line).toMatch(/^[0-9a-f]{32},\*,EUR,\*,\*,\*,\*,\*,\w+,\*,\d+$/);
    }
    expect(lines).toEqual(lines.toSorted());
  });

  test('open statistics withhold what one borrower alone stands behind', async () => {
    const { body } = await get('/open-data/statistics.json').expect(200);
    expect(body.fewest).toBe(5);
    const cells = body.tables.flatMap((table: { cells: object[] }) => table.cells);
    expect(cells.length).toBeGreaterThan(0);
    expect(cells.every((cell: { isSuppressed: boolean }) => cell.isSuppressed)).toBe(true);
    const { text } = await get('/open-data/statistics.csv').expect(200);
    expect(text).toMatch(/^month,line,currency,region,industry,deals,amount\r\n2025-03,/);
    // What is recorded of a month later tells of one deal, if both readings could be compared.
    const by = { operatorId: 2, actor: { kind: 'system', id: 'test' } } as const;
    await world.test.owner.write(by, async (tx) => {
      await tx.execute('ALTER TABLE loans DISABLE TRIGGER USER');
      await tx.execute(`UPDATE loans SET disbursed_on = '2025-03-02'`);
      await tx.execute('ALTER TABLE loans ENABLE TRIGGER USER');
    });
    expect((await get('/open-data/statistics.csv').expect(200)).text).toBe(text);
  });

  test('what was published of a month is read as it was', async () => {
    const by = { operatorId: 0, actor: { kind: 'system', id: 'test' } } as const;
    const place = { region: 'DE', industry: 'C' };
    const table = {
      month: '2020-01',
      line: 'lending',
      currency: 'EUR',
      cells: [
        { ...place, isSuppressed: false, deals: 9, amountMinor: 123_456n },
        { ...place, isSuppressed: true },
      ],
    } as const;
    const month = { month: '2020-01', tables: [table] };
    await world.test.database.write(by, async (tx) => {
      for (const at of [world.clock.now(), new Date(0)]) await insertMonths(tx, [month], at);
    });
    const { text } = await get('/open-data/statistics.csv').expect(200);
    expect(text).toMatch(
      /\r\n2020-01,lending,EUR,DE,C,9,1234\.56\r\n2020-01,lending,EUR,DE,C,,\r\n/,
    );
  });
});
