import { join } from 'node:path';
import { calendarDate } from '../../../src/kernel/calendar-date';
import { Money } from '../../../src/kernel/money';
import { goamlReport, loadAmlPolicies, type ReportRequest } from '../../../src/modules/aml';
import type { Alert, AlertEntry } from '../../../src/modules/aml/alert';
import type { RuleKind } from '../../../src/modules/aml/policy';
import { writeXml } from '../../../src/platform/xml';
import { describeWith, readXml, referenceSchema } from '../../support/schemas';
import { mutantsOf } from '../../support/xml-mutants';

const { goaml: codes } = loadAmlPolicies(join(__dirname, '../../../compliance/aml-policies')).under(
  'us-reg-cf',
);

const AT = new Date('2026-05-26T10:00:00Z');

const moved = (kind: 'deposit' | 'withdrawal', id: string, amount: string): AlertEntry => ({
  kind,
  id,
  at: new Date('2026-05-24T14:30:00Z'),
  amount: Money.parse(amount, 'EUR'),
  entryNo: 7n,
});

const alert = (kind: RuleKind, entries: readonly AlertEntry[]): Alert => ({
  id: 'alt_1',
  caseId: 'amc_1',
  subject: { kind: 'investor', id: 'inv_1' },
  rule: { id: kind, kind, title: { en: kind, zh: kind }, citation: '' },
  policy: { id: 'general', version: 1 },
  values: {},
  entries,
  from: AT,
  to: AT,
  raisedAt: AT,
});

const PERSON: ReportRequest['subject'] = {
  kind: 'person',
  firstName: 'Layla',
  lastName: "O'Hassan",
  gender: 'F',
  bornOn: calendarDate('1989-07-02'),
  idNumber: '784198512345671',
  nationality: 'AE',
  residence: 'AE',
};

const REQUEST: ReportRequest = {
  entityId: 101,
  branch: 'MAIN',
  userCode: 'MLRO-1',
  reportCode: 'STR',
  reason: 'Deposits kept below a threshold',
  action: 'The account is watched',
  localCurrency: 'EUR',
  country: 'DE',
  subject: PERSON,
};

const reportOf = (alerts: readonly Alert[], request: Partial<ReportRequest> = {}) =>
  goamlReport({
    request: { ...REQUEST, ...request },
    reference: 'amr_1',
    operatorName: 'Pleiße Crowd GmbH',
    alerts,
    codes,
    at: AT,
  });

const SPLIT = [
  moved('deposit', 'dep_2', '4000.00'),
  moved('deposit', 'dep_1', '4500.00'),
  moved('withdrawal', 'wdr_1', '8000.00'),
];
const CASES = [
  {
    what: 'transactions of a person',
    root: reportOf([alert('structuring', SPLIT), alert('rapid-in-out', SPLIT)]),
  },
  {
    what: 'activity of a company',
    root: reportOf([alert('circular-funding', [{ kind: 'note', id: 'sub_1', at: AT }])], {
      reportCode: 'SAR',
      subject: { kind: 'entity', name: 'Bright Mills Ltd', country: 'GB' },
    }),
  },
  {
    what: 'activity of a person of whom little is known',
    root: reportOf([alert('sanctions', [{ kind: 'verification', id: 'ver_1', at: AT }])], {
      branch: undefined,
      subject: { kind: 'person', firstName: 'A', lastName: 'B' },
    }),
  },
];

test('each movement is one transaction, however many rules it came up under', () => {
  const [{ root } = { root: reportOf([]) }] = CASES;
  const transactions = root.children.filter(({ name }) => name === 'transaction');
  const numbers = transactions.map(
    ({ children }) => children.find(({ name }) => name === 'transactionnumber')?.text,
  );
  expect(numbers).toEqual(['dep_1', 'dep_2', 'wdr_1']);
  const indicators = root.children.find(({ name }) => name === 'report_indicators')?.children;
  expect(indicators?.map(({ text }) => text)).toEqual(['STRUC', 'CIAPT']);
});

test('movements in other money are told of as activity', () => {
  const root = reportOf([alert('structuring', SPLIT)], { localCurrency: 'USD' });
  expect(root.children.some(({ name }) => name === 'transaction')).toBe(false);
  expect(root.children.some(({ name }) => name === 'activity')).toBe(true);
});

describeWith('goaml')('the schema of goAML 5.0.2 (skipped where it is not at hand)', () => {
  const schema = () => referenceSchema('goaml/5.0.2/goAMLSchema.xsd');

  it.each(CASES)('takes $what, as written', ({ root }) => {
    expect(schema().validate(readXml(writeXml(root)))).toEqual([]);
  });

  it('refuses every one of three hundred mutants', () => {
    const held = schema();
    const accepted = CASES.flatMap(({ what, root }, index) =>
      mutantsOf(root, 100, 31 + index)
        .filter((mutant) => held.validate(mutant.root).length === 0)
        .map((mutant) => `${what}: ${mutant.spoiling} ${mutant.name}`),
    );
    expect(accepted).toEqual([]);
  });
});
