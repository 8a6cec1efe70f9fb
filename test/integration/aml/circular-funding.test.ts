import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../../../src/kernel/assert';
import { addDays, calendarDate } from '../../../src/kernel/calendar-date';
import { DAY_MS } from '../../../src/kernel/clock';
import type { Id } from '../../../src/kernel/id';
import { FieldCipher } from '../../../src/platform/field-cipher';
import {
  AmlExamination,
  AmlService,
  loadAmlPolicies,
  loadGoamlSchema,
  type ReportRequest,
} from '../../../src/modules/aml';
import { detect } from '../../../src/modules/aml/detection.queries';
import { describeWith, referencePath } from '../../support/schemas';
import { servicingWorld, type ServicingWorld } from '../../support/servicing-world';

const POLICIES = loadAmlPolicies(join(__dirname, '../../../compliance/aml-policies'));

/** The schema of the authority, on a machine that has it. */
const XSD = referencePath('goaml/5.0.2/goAMLSchema.xsd');

let world: ServicingWorld;
let examination: AmlExamination;
let aml: AmlService;

beforeAll(async () => {
  world = await servicingWorld();
  const deps = {
    ...world,
    cipher: new FieldCipher([{ id: 'k1', secret: Buffer.alloc(32, 7) }]),
    policies: POLICIES,
    // No name is opened in these tests.
    investors: undefined as never,
    issuers: undefined as never,
  };
  await writeBorrower();
  examination = new AmlExamination(deps);
  const schema = existsSync(XSD) ? loadGoamlSchema(XSD) : undefined;
  aml = new AmlService({ ...deps, schema });
});

afterAll(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

const alerts = () => world.read((db) => aml.listAlerts(db, { limit: 50 }));

/** Worlds of loans know their borrower without a row; here its party is asked for in SQL. */
async function writeBorrower(): Promise<void> {
  const { id, partyId } = world.issuer;
  const scope = {
    operatorId: must(world.operators.all()[0], 'the operator').id,
    actor: { kind: 'system', id: 'owner' },
  } as const;
  await world.test.owner.write(scope, async (tx) => {
    await tx.execute(
      `INSERT INTO identity_parties
         (id, kind, identity_kind, identity_hash, number_encrypted, masked, created_at)
       VALUES (:partyId::text, 'legal', 'lei', sha256(convert_to(:partyId::text, 'UTF8')), '', '',
               :at)`,
      { partyId, at: world.clock.now() },
    );
    await tx.execute(
      `INSERT INTO issuers (operator_id, id, party_id, kind, legal_name, legal_form, jurisdiction,
         country, identity_kind, identity_masked, status, verification, created_at)
       VALUES (:operatorId, :id, :partyId, 'legal', 'Borrower', 'company', 'IN', 'IN', 'lei', '',
         'active', 'verified', :at)`,
      { operatorId: scope.operatorId, id, partyId, at: world.clock.now() },
    );
  });
}

/** The lender is paid to the very account that the borrower is paid to. */
async function shareAccount(lender: Id<'inv'>): Promise<void> {
  const [row] = await world.read((db) =>
    db.query<{ party_id: Id<'pty'> }>('SELECT party_id FROM investors WHERE id = :lender', {
      lender,
    }),
  );
  const { party_id: partyId } = must(row, 'the lender');
  const order = { partyId, holder: 'A lender', scheme: 'iban' } as const;
  await world.write((tx) =>
    world.services.bankAccounts.register(tx, { ...order, account: 'DE89370400440532013000' }),
  );
}

test('a loan that strangers fund raises nothing', async () => {
  await world.active({ parts: ['50000.00'] });
  world.until('2025-03-04');
  expect(await world.write((tx) => examination.examine(tx))).toBe(0);
});

test('a lender who shares the borrower’s bank account makes a loan circular', async () => {
  const { loan, lenders } = await world.active({ parts: ['50000.00', '30000.00'] });
  await shareAccount(must(lenders[1], 'a lender'));
  world.until('2025-03-05');
  expect(await world.write((tx) => examination.examine(tx))).toBe(1);
  const [alert] = await alerts();
  expect(alert).toMatchObject({
    rule: { id: 'circular-funding' },
    subject: { kind: 'issuer', id: loan.issuerId },
    values: {
      loan: loan.id,
      principal: '80000.00 INR',
      lentByLinked: '30000.00 INR',
      linkedLenders: '1',
      shareAtLeast: '0.1',
    },
  });
  // The day overlaps the next run: what was found is not found again.
  world.until('2025-03-05');
  expect(await world.write((tx) => examination.examine(tx))).toBe(0);
  expect(await alerts()).toHaveLength(1);
});

test('a loan paid out late in the evening west of Greenwich is met on the next day of UTC', async () => {
  const rule = must(
    POLICIES.under('us-p2p').rules.find(({ kind }) => kind === 'circular-funding'),
    'the rule',
  );
  const [alert] = await alerts();
  const loan = must(alert?.values['loan'], 'the loan that was found');
  const [row] = await world.read((db) =>
    db.query<{ day: string }>('SELECT disbursed_on::text AS day FROM loans WHERE id = :loan', {
      loan,
    }),
  );
  const next = new Date(`${addDays(calendarDate(must(row, 'it').day), 1)}T04:19:00Z`);
  const span = { from: next, to: new Date(next.getTime() + DAY_MS) };
  const hits = await world.read((db) => detect(db, rule, span));
  expect(hits.map(({ values }) => values['loan'])).toEqual([loan]);
});

describeWith('goaml')('a report held against the schema of the authority', () => {
  const REPORT: ReportRequest = {
    entityId: 101,
    userCode: 'MLRO-1',
    reportCode: 'SAR',
    reason: 'A lender is paid to the account of the borrower',
    action: 'The loan is watched',
    localCurrency: 'INR',
    country: 'IN',
    subject: { kind: 'entity', name: 'Bright Mills Ltd', country: 'IN' },
  };

  test('is kept as validated, or refused with every fault', async () => {
    const [alert] = await alerts();
    const { caseId } = must(alert, 'the alert');
    await world.write((tx) => aml.take(tx, caseId));
    const made = await world.write((tx) => aml.report(tx, caseId, REPORT));
    expect(made.isValidated).toBe(true);
    const wrong = world.write((tx) => aml.report(tx, caseId, { ...REPORT, reportCode: 'NONE' }));
    await expect(wrong).rejects.toMatchObject({
      code: 'aml.report-not-valid',
      errors: [{ pointer: '/report/report_code' }],
    });
  });
});
