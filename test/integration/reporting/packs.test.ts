import { createHash } from 'node:crypto';
import { addDays, type CalendarDate } from '../../../src/kernel/calendar-date';
import type { Id } from '../../../src/kernel/id';
import {
  ReportLabels,
  type Figure,
  type ReportContent,
  type Run,
  type RunKey,
} from '../../../src/modules/reporting';
import {
  credit,
  custodianAccount,
  debit,
  guarantorCashAccount,
  provisionFundAccount,
  type AccountNo,
  type AccountSpec,
} from '../../../src/modules/ledger';
import { CompensationService } from '../../../src/modules/loans';
import type { Withdrawal } from '../../../src/modules/payments';
import { insertWithdrawal } from '../../../src/modules/payments/withdrawal.store';
import { findIssuer, keepFormer, updateIssuer } from '../../../src/modules/issuers/issuer.store';
import { DocumentSigner } from '../../../src/platform/auth';
import { Seal } from '../../../src/platform/pdf';
import { filesOf } from '../../../src/modules/reporting/files.service';
import { periodOf } from '../../../src/modules/reporting/period';
import { compareFigures } from '../../support/drilled-figures';
import { EU_OPERATOR } from '../../support/offering-regimes';
import { PACKS } from '../../support/report-packs';
import { LEI, reportWorld, type ReportWorld } from '../../support/report-world';
import type { ServicedLoan } from '../../support/servicing-world';

let world: ReportWorld;
let loans: readonly ServicedLoan[];
let buyer: Id<'inv'>;
let ends: Date;

/** Money of the borrower that arrived today. */
async function pay({ loan }: ServicedLoan, amount: string): Promise<void> {
  const money = await world.collect(loan, amount);
  const paidOn = today();
  const source = { type: 'transfer', id: `trf_${loan.id}_${paidOn}` };
  const receipt = { loanId: loan.id, amount: money, kind: 'instalment', source, paidOn } as const;
  await world.write((tx) => world.payments.receive(tx, receipt));
}

/** The first pays and is sold in part, the second never pays, the third was labelled. */
beforeAll(async () => {
  world = await reportWorld();
  await registerIssuer();
  const [paying, failing] = (loans = [
    await world.active({ parts: ['12000.00', '8000.00'], note: { termMonths: 6 } }),
    await world.active({ parts: ['7000.00', '3000.00'], note: { termMonths: 6 } }),
  ]);
  await world.live(35);
  await pay(paying!, '3500.00');
  buyer = await world.investor('20000.00');
  await sell(paying!, 20n);
  await world.offer(paying!, { from: paying!.lenders[1]!, units: 3n, price: '1' });
  await world.live(95);
  await pay(failing!, '500.00');
  await pay(paying!, '900.00');
  await label(paying!, 'C');
  await setAside('700.00', provisionFundAccount('cov_1', 'EUR'));
  await askForWithdrawal('321.00');
  await world.live(1);
  ends = world.clock.now();
}, 240_000);

/** Money that came in from a bank, for whom it is kept. */
async function setAside(amount: string, spec: AccountSpec): Promise<AccountNo> {
  return world.write(async (tx) => {
    const accountNo = await world.ledger.ensureAccount(tx, spec);
    const custodian = await world.ledger.ensureAccount(tx, custodianAccount('EUR'));
    const money = world.money(amount);
    const source = { type: 'test-movement', id: world.newId('trf') };
    const postings = [debit(custodian, money), credit(accountNo, money)];
    const occurredAt = world.clock.now();
    await world.ledger.post(tx, [
      { kind: 'movement', source, description: 'Set aside', occurredAt, postings },
    ]);
    return accountNo;
  });
}

/** A withdrawal that the custodian has not made yet. */
async function askForWithdrawal(amount: string): Promise<void> {
  await world.write((tx) =>
    insertWithdrawal(tx, {
      id: world.newId('wdr'),
      kind: 'issuer-proceeds',
      issuerId: world.issuer.id,
      amount: world.money(amount),
      status: 'requested',
      requestedBy: 'usr_1',
      requestedAt: world.clock.now(),
      // Which hold it is paid out of is of no account here.
      holdNo: 1_000_000n,
      nextAttemptAt: world.clock.now(),
      keepsHold: false,
    } as Withdrawal),
  );
}

/** A guarantor pays lenders a part, and holds a note for it. */
async function compensate({ loan }: ServicedLoan, amount: string): Promise<void> {
  const provider = {
    id: 'cov_2',
    accountNo: await setAside(amount, guarantorCashAccount('cov_2', 'EUR')),
  } as const;
  const [principal, interest] = [world.money(amount), world.money('0.00')];
  const source = { type: 'claim', id: 'clm_1/1' } as const;
  const order = { loanId: loan.id, provider, principal, interest, source, paidOn: today() };
  await world.write((tx) => new CompensationService(world).compensate(tx, order));
}

afterAll(() => world.end());

const minorOf = (value: string | null | undefined): bigint =>
  BigInt((value ?? '0').replace('.', ''));

const today = () => world.clock.now().toISOString().slice(0, 10) as CalendarDate;

async function sell(loan: ServicedLoan, units: bigint): Promise<void> {
  await world.sell(loan, { from: loan.lenders[0]!, to: buyer, units, price: '1' });
}

/** Says of which sector a project is. */
async function label({ loan }: ServicedLoan, value: string): Promise<void> {
  const labels = new ReportLabels(world);
  await world.write((tx) =>
    labels.set(tx, { subject: loan.offeringId, label: 'nace-section', value }),
  );
}

/** Any report as of the day on which the story ends, whoever it is for. */
function runOf(templateId: string) {
  const template = world.templates.newest().find(({ id }) => id === templateId)!;
  const day = addDays(ends.toISOString().slice(0, 10) as CalendarDate, -1);
  const { from } = periodOf(template.period, day);
  const key: RunKey = {
    templateId,
    templateVersion: template.version,
    templateHash: template.hash,
    operatorId: EU_OPERATOR,
    period: { from, to: day },
    asOf: day,
    knownAt: ends,
    heads: { ledger: [], audit: { seq: '0', hash: '' } },
  };
  return { template, key };
}

async function contentOf(templateId: string): Promise<ReportContent> {
  const { template, key } = runOf(templateId);
  return world.read((db) => world.computer.compute(db, template, key));
}

const cellsOf = (content: ReportContent, id: string): Figure['cells'] =>
  content.figures.find((figure) => figure.id === id)?.cells ?? [];

it('every figure of every report equals its rows', async () => {
  const wrong: string[] = [];
  let cells = 0;
  for (const { id } of world.templates.newest()) {
    const content = await contentOf(id);
    const found = await compareFigures(world, runOf(id), content.figures);
    wrong.push(...found.wrong);
    cells += found.cells;
  }
  expect(wrong).toEqual([]);
  expect(cells).toBeGreaterThan(50);
}, 60_000);

const NAMES = {
  json: ['report.json'],
  csv: ['figures.csv'],
  xlsx: ['report.xlsx'],
  pdf: ['report-en.pdf', 'report-zh.pdf'],
};

it('every report has its files in two languages', async () => {
  const seed = Buffer.alloc(32, 5);
  const signing = { signer: new DocumentSigner(seed), seal: Seal.ofSeed(seed) };
  for (const { id } of world.templates.newest()) {
    const { template, key } = runOf(id);
    const content = await contentOf(id);
    const pack = PACKS.find((each) => each.id === template.pack)!;
    const run = { id: 'rpt_1', period: key.period } as unknown as Run;
    const of = {
      run,
      operator: 'Test',
      template,
      pack,
      content,
      numbers: new Map(),
      text: '',
      changes: undefined,
    };
    const files = await filesOf({ ...of, generatedAt: ends }, signing);
    const names = files.map(({ name }) => name);
    const wanted = template.formats.flatMap((format) => NAMES[format]);
    expect([id, names]).toEqual([id, expect.arrayContaining(wanted)]);
  }
}, 60_000);

it('lenders are owed what borrowers owe, through payments and sales', async () => {
  const content = await contentOf('cn-monthly-disclosure');
  const value = (id: string) => cellsOf(content, id)[0]?.value;
  expect(value('ten-largest-lenders')).toBe(value('outstanding'));
  expect([value('lenders-total'), value('loans-overdue-over-90')]).toEqual(['5', '1']);
});

describe('the liquidity of a platform', () => {
  const valueOf = async (id: string): Promise<string | null | undefined> => {
    const found = cellsOf(await contentOf('platform-risk-monthly'), id);
    expect([id, found.length]).toEqual([id, 1]);
    return found[0]?.value;
  };

  it('is what falls due by the schedules, and what of it loans owe that are not late', async () => {
    const day = addDays(ends.toISOString().slice(0, 10) as CalendarDate, -1);
    for (const within of [30, 90]) {
      const [row] = await world.read((db) =>
        db.query<{ due: string; expected: string }>(
          `SELECT sum(i.principal_minor + i.interest_minor)::text AS due,
                  coalesce(sum(i.principal_minor + i.interest_minor)
                    FILTER (WHERE s.days_past_due = 0), 0)::text AS expected
           FROM loans l
           JOIN loan_snapshots s ON s.loan_no = l.loan_no AND s.on_day = :day
           JOIN loan_instalments i ON i.loan_no = l.loan_no
           WHERE i.due_on > :day AND i.due_on <= :day::date + :within::int
             AND i.version = (SELECT max(v.version) FROM loan_schedules v WHERE v.loan_no = l.loan_no)`,
          { day, within },
        ),
      );
      const [due, expected] = [await valueOf(`due-within-${within}`), `expected-within-${within}`];
      expect(due?.replace('.', '')).toBe(row?.due);
      const collected = cellsOf(await contentOf('platform-risk-monthly'), expected);
      expect(BigInt((collected[0]?.value ?? '0').replace('.', ''))).toBe(BigInt(row!.expected));
    }
  });

  it('knows the cash that is not invested and what waits on the market', async () => {
    const [row] = await world.read((db) =>
      db.query<{ cash: string }>(
        `SELECT sum(normal_side * balance_minor)::text AS cash FROM ledger_accounts
         WHERE path LIKE 'liabilities:investor:%:cash'`,
      ),
    );
    expect((await valueOf('client-cash-uninvested'))?.replace('.', '')).toBe(row?.cash);
    expect([await valueOf('listings-waiting'), await valueOf('units-waiting')]).toEqual(['1', '3']);
    expect(await valueOf('median-wait')).toBe('95');
  });

  it('knows what clients wait to be paid, and what a provision fund holds against the late', async () => {
    expect([await valueOf('withdrawals-open'), await valueOf('withdrawals-open-amount')]).toEqual([
      '1',
      '321.00',
    ]);
    expect(await valueOf('provision-fund')).toBe('700.00');
    // Of the two loans one is more than 90 days late, and 10000.00 less its payment of 500.00 is owed.
    const [row] = await world.read((db) =>
      db.query<{ late: string }>(
        `SELECT sum(s.outstanding_minor)::text AS late FROM loan_snapshots s
         WHERE s.days_past_due > 90 AND s.on_day = (SELECT max(on_day) FROM loan_snapshots)`,
      ),
    );
    const [coverage] = cellsOf(await contentOf('platform-risk-monthly'), 'provision-fund-coverage');
    expect(Number(coverage?.value)).toBeCloseTo(70_000 / Number(row?.late), 6);
  });
});

it('every report says the same after later payments, sales and labels', async () => {
  const ids = world.templates.newest().map(({ id }) => id);
  const all = async (): Promise<readonly string[]> => {
    const told: string[] = [];
    for (const id of ids) told.push(JSON.stringify(await contentOf(id)));
    for (const day of await lentOn()) told.push(JSON.stringify((await feedOf(day)).content));
    return told;
  };
  const before = await all();
  expect(before.join()).toContain('"sector":"C"');
  expect(before.join()).toContain('"region":"DE"');
  world.clock.advance(60_000);
  await pay(loans[0]!, '10000.00');
  await pay(loans[1]!, '10500.00');
  await sell(loans[0]!, 10n);
  await label(loans[0]!, 'D');
  await compensate(loans[0]!, '250.00');
  await world.test.owner.write(OWNER, async (tx) => {
    await tx.execute(
      `UPDATE payment_withdrawals SET status = 'cancelled', resolved_at = :at, next_attempt_at = NULL WHERE source IS NULL AND status = 'requested'`,
      { at: world.clock.now() },
    );
  });
  await world.live(2);
  await moveIssuer();
  expect(await all()).toEqual(before);
}, 60_000);

/** The feed of the day on which something was recorded, as files. */
async function feedOf(day: CalendarDate, knownAt = ends) {
  const { template, key } = runOf('cn-loan-feed');
  const of = { ...key, period: { from: day, to: day }, asOf: day, knownAt };
  const content = await world.read((db) => world.computer.compute(db, template, of));
  const pack = PACKS.find(({ id }) => id === 'cn-loan-feed')!;
  const written = pack.layouts.map(
    async ({ name, write }) => [name, String(await write(content, new Map()))] as const,
  );
  const files = new Map(await Promise.all(written));
  return { pack, content, file: (name: string) => files.get(name) ?? '' };
}
const linesOf = (text: string) => text.trimEnd().split('\r\n').slice(1);

const lentOn = async (): Promise<readonly CalendarDate[]> => {
  const rows = await world.read((db) =>
    db.query<{ day: CalendarDate }>(
      `SELECT (l.recorded_at AT TIME ZONE 'UTC')::date::text AS day
       FROM report_loans_view l ORDER BY l.loan_no`,
    ),
  );
  return rows.map(({ day }) => day);
};

describe('the daily feed of loans', () => {
  it('has each loan once, with instalments and claims that add up to it, and nobody by name', async () => {
    const reported: string[] = [];
    for (const day of new Set(await lentOn())) {
      const { pack, content, file } = await feedOf(day);
      expect(pack.validate(content, new Map())).toEqual([]);
      const projects = linesOf(file('scatter-invest.csv')).map((line) => line.split(','));
      expect(projects.map(([seq]) => seq)).toEqual(projects.map((_, index) => `${index + 1}`));
      reported.push(...projects.map(([, loan]) => loan ?? ''));
      expect(linesOf(file('creditor.csv'))).toHaveLength(2 * projects.length);
      const lenders = linesOf(file('creditor.csv')).map((line) => line.split(',')[3]);
      expect(lenders).toEqual(lenders.map(() => expect.stringMatching(/^[0-9a-f]{64}$/)));
      expect(linesOf(file('repay-plan.csv'))).toHaveLength(6 * projects.length);
      expect(pack.layouts.map(({ name }) => file(name)).join()).not.toMatch(/(pty|inv|iss)_/);
    }
    expect(reported).toEqual(loans.map(({ loan }) => loan.id));
  });

  it('tells of every payment and every sale what the books say of it', async () => {
    const rows = await world.read((db) =>
      db.query<{ day: CalendarDate; paid: string; sold: string }>(
        `SELECT d.day::text AS day,
           (SELECT coalesce(sum(p.amount_minor), 0)::text FROM loan_payments p
            WHERE (p.recorded_at AT TIME ZONE 'UTC')::date = d.day) AS paid,
           (SELECT coalesce(sum(t.principal_minor), 0)::text FROM market_trades t
            WHERE (t.traded_at AT TIME ZONE 'UTC')::date = d.day) AS sold
         FROM (SELECT DISTINCT (p.recorded_at AT TIME ZONE 'UTC')::date AS day FROM loan_payments p) d
         ORDER BY 1`,
      ),
    );
    expect(rows.length).toBeGreaterThan(2);
    for (const { day, paid, sold } of rows) {
      const { content, file } = await feedOf(day, world.clock.now());
      const moved = cellsOf(content, 'moved').filter(({ by }) => by['kind'] !== 'disbursal');
      const sums = moved.reduce((all, { value }) => all + minorOf(value), 0n);
      const taken = cellsOf(content, 'taken-up').reduce(
        (all, { value }) => all + minorOf(value),
        0n,
      );
      expect([day, `${sums}`, `${taken}`]).toEqual([day, paid, sold]);
      for (const line of linesOf(file('transact.csv'))) {
        const [whole, principal, interest, charges] = line.split(',').slice(4, 8).map(minorOf);
        expect(whole).toBe(principal! + interest! + charges!);
      }
    }
  });

  it('tells who compensated lenders on the day of it', async () => {
    const { content } = await feedOf(addDays(today(), -2), world.clock.now());
    expect(cellsOf(content, 'claimed')).toContainEqual({
      by: { course: 'compensated', currency: 'EUR' },
      value: '250.00',
    });
  });

  it('names each file with its lines and its hash', async () => {
    const [day] = await lentOn();
    const { file } = await feedOf(day!);
    const batches = linesOf(file('batches.csv')).map((line) => line.split(','));
    expect(batches.map(([type]) => type)).toEqual([
      '1',
      '2',
      '6',
      '4',
      '81',
      '82',
      '83',
      '84',
      '85',
    ]);
    for (const [type, batch, name = '', total, sha256] of batches) {
      expect(batch).toBe(`${day!.replaceAll('-', '')}-${type}`);
      expect(linesOf(file(name))).toHaveLength(Number(total));
      expect(sha256).toBe(createHash('sha256').update(file(name)).digest('hex'));
    }
  });
});

describe('the yearly report of funded projects', () => {
  it('has a project for each loan, and every lender in a group', async () => {
    const content = await contentOf('eu-ecspr-annual');
    expect(cellsOf(content, 'offers')[0]?.value).toBe(String(loans.length));
    expect(cellsOf(content, 'raised')).toMatchObject([{ value: '30000.00' }]);
    expect(cellsOf(content, 'investors').map(({ value }) => value)).toEqual(['4']);
  });

  it('is held until everything it must say is known, and then filed', async () => {
    world.clock.moveTo(new Date('2026-01-10T12:00:00Z'));
    await world.closeDay('2025-12-31');
    world.clock.advance(120_000);
    const held = await world.make('eu-ecspr-annual');
    expect(held.state).toBe('generated');
    const rules = held.made?.findings.map(({ rule }) => rule) ?? [];
    expect([...new Set(rules)]).toEqual(['ecspr-1', 'ecspr-3', 'ecspr-4']);
    const remedies = held.made?.findings.flatMap(({ rule, remedy }) =>
      remedy === undefined ? [] : [[rule, remedy] as const],
    );
    expect(remedies?.map(([rule]) => rule)).toEqual(['ecspr-1', 'ecspr-3', 'ecspr-4']);
    // The first project has its label; of the second it is asked, by name.
    expect(new Map(remedies).get('ecspr-4')).toContain(
      `/v1/report-labels/{offering}/nace-section: ${loans[1]!.loan.offeringId}.`,
    );
    await world.test.owner.write(OWNER, async (tx) => {
      await tx.execute(`UPDATE identity_operators SET identity_number = :lei`, { lei: LEI });
    });
    await label(loans[1]!, 'F');
    world.clock.advance(120_000);
    const filed = await world.write((tx) =>
      world.reports.restate(tx, { id: held.id, reason: 'Sectors and numbers were missing' }),
    );
    expect([filed.made?.findings, filed.state, filed.dueOn]).toEqual([
      [],
      'published',
      '2026-02-28',
    ]);
    const { bytes } = await world.write((tx) =>
      world.reports.download(tx, { id: filed.id, name: 'ecspr-2022-2120.csv' }),
    );
    const lines = bytes.toString().trimEnd().split('\r\n').slice(1);
    expect(lines).toEqual([
      `${LEI},2025,${LEI}00000001,D,20000.00,EUR,${LEI},LOAN,RETL,US,2,20000.00,EUR`,
      `${LEI},2025,${LEI}00000002,F,10000.00,EUR,${LEI},LOAN,RETL,US,2,10000.00,EUR`,
    ]);
  });
});

const OWNER = { operatorId: EU_OPERATOR, actor: { kind: 'system', id: 'owner' } } as const;

/** The file of the borrower, past the service: the world has none. */
async function registerIssuer(): Promise<void> {
  const { id: issuerId, partyId } = world.issuer;
  const at = world.clock.now();
  await world.test.owner.write(OWNER, async (tx) => {
    await tx.execute(
      `INSERT INTO identity_parties (id, kind, identity_kind, identity_hash, number_encrypted,
         masked, created_at)
       VALUES (:partyId, 'legal', 'lei', sha256('lei'), '', '', :at)`,
      { partyId, at },
    );
    await tx.execute(
      `INSERT INTO issuers (operator_id, id, party_id, kind, legal_name, legal_form, jurisdiction,
         country, identity_kind, identity_masked, status, verification, created_at)
       VALUES (:operatorId, :issuerId, :partyId, 'legal', 'Test', 'company', 'DE', 'DE', 'lei', '',
         'active', 'verified', :at)`,
      { operatorId: EU_OPERATOR, issuerId, partyId, at },
    );
  });
}

async function moveIssuer(): Promise<void> {
  await world.write(async (tx) => {
    const issuer = (await findIssuer(tx, world.issuer.id))!;
    await keepFormer(tx, issuer, world.clock.now());
    await updateIssuer(tx, { ...issuer, jurisdiction: 'FR', legalForm: 'other' });
  });
}
