import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { interpretFormC, parseFormC, type FiledStatement } from '../../../src/modules/filings';

const FIXTURES = join(__dirname, '../../fixtures/form-c');
const SAMPLES = join(__dirname, '../../../../shared/reference/schemas/us-formC/samples');

const fixture = (name: string): string => readFileSync(join(FIXTURES, name), 'utf8');
const interpret = (xml: string): FiledStatement => interpretFormC(parseFormC(xml));
const codesOf = (statement: FiledStatement): string[] => statement.findings.map(({ code }) => code);

/** A statement with amounts and prices as text, easier to compare and to read. */
const printed = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
const usd = (amount: string): object => ({ amount, currency: 'USD' });

const EQUITY = fixture('c-equity.xml');
const DEBT = fixture('c-debt.xml');

describe('a raise of shares', () => {
  const statement = interpret(EQUITY);

  it('names the issuer and the intermediary', () => {
    expect(statement.issuer).toEqual({
      name: 'Tidewater Kelp & Grain, Inc.',
      legalForm: 'Corporation',
      jurisdiction: 'DE',
      incorporatedOn: '2021-04-29',
      address: {
        street1: '12 Wharf Street',
        street2: 'Suite 3',
        city: 'Portland',
        stateOrCountry: 'ME',
        postalCode: '04101',
      },
      website: 'www.tidewaterkelp.example',
      cik: '0009999101',
    });
    expect(statement.intermediary).toEqual({
      name: 'Harbourlight Portal, LLC',
      cik: '0009999001',
      fileNumber: '007-99901',
      crdNumber: '999901',
    });
  });

  it('states the terms', () => {
    expect(printed(statement.offering)).toEqual({
      kind: 'equity',
      securityDescription: 'Common Stock',
      numberOfSecurities: '20000',
      price: '2.5',
      priceMethod: 'Set by the board',
      target: usd('50000.00'),
      maximum: usd('1235000.00'),
      deadline: '2025-02-28',
      isOversubscriptionAccepted: true,
      allocationMethod: 'pro-rata',
      feeDescription: 'Six percent (6%) of the amount raised',
      intermediaryInterest: 'None',
    });
    expect(statement.offeredIn).toEqual(['ME', 'NH', 'CA']);
  });

  it('gives the figures of two years', () => {
    expect(printed(statement.figures)).toMatchObject({
      employees: '7',
      currentYear: { cash: usd('95000.50'), netIncome: usd('-38000.75') },
      priorYear: { totalAssets: usd('390000.00'), taxPaid: usd('0.00') },
    });
  });

  it('was signed when the last person signed, and has nothing wrong', () => {
    expect(statement.signedOn).toBe('2024-10-03');
    expect(statement.signatures).toHaveLength(2);
    expect(statement).toMatchObject({ submissionType: 'C', isTest: false, coIssuers: [] });
    expect(statement.findings).toEqual([]);
  });
});

describe('the other types', () => {
  it('debt is a loan; without oversubscription the maximum is the target', () => {
    const { offering, findings } = interpret(DEBT);
    expect(printed(offering)).toMatchObject({
      kind: 'loan',
      securityDescription: 'Debt',
      target: usd('25000.00'),
      maximum: usd('25000.00'),
      isOversubscriptionAccepted: false,
    });
    expect(offering).not.toHaveProperty('allocationMethod');
    expect(offering).not.toHaveProperty('numberOfSecurities');
    expect(findings).toEqual([]);
  });

  it('an update may hold its progress only', () => {
    const statement = interpret(fixture('c-update.xml'));
    expect(statement).toMatchObject({
      submissionType: 'C-U',
      progressUpdate: '50% of Target Reached',
      fileNumber: '020-99901',
      offeredIn: [],
      findings: [],
    });
    expect(statement.offering).toBeUndefined();
    expect(statement.intermediary).toBeUndefined();
    expect(statement.figures).toEqual({ currentYear: {}, priorYear: {} });
  });

  it('an annual report covers a financial year', () => {
    const statement = interpret(fixture('c-annual-report.xml'));
    expect(statement.fiscalPeriodEnd).toBe('2024-12-31');
    expect(printed(statement.figures)).toMatchObject({
      currentYear: { revenue: usd('720000.00') },
    });
    expect(statement.offering).toBeUndefined();
    expect(statement.findings).toEqual([]);
  });

  it('a termination holds the issuer and a signature', () => {
    const statement = interpret(fixture('c-termination.xml'));
    expect(statement).toMatchObject({ submissionType: 'C-TR', signedOn: '2026-03-03' });
    expect(statement.figures).toBeUndefined();
    expect(statement.findings).toEqual([]);
  });

  it('an amendment says what changed and may have a co-issuer', () => {
    const statement = interpret(fixture('c-amendment.xml'));
    expect(statement.amendment).toBe('Longer deadline & a higher maximum');
    expect(statement.isTest).toBe(true);
    expect(statement.issuer.legalForm).toBe('Cooperative association');
    expect(statement.coIssuers).toEqual([
      {
        name: 'Juniper Orchard SPV, LLC',
        legalForm: 'Limited Liability Company',
        jurisdiction: 'DE',
        incorporatedOn: '2024-01-05',
        address: {
          street1: '40 Orchard Lane',
          city: 'Hood River',
          stateOrCountry: 'OR',
          postalCode: '97031',
        },
        cik: '0009999203',
      },
    ]);
  });
});

describe('how an oversubscription is filled', () => {
  it.each([
    { type: 'First-come, first-served basis', words: '', method: 'first-come' },
    { type: 'Pro-rata basis', words: '', method: 'pro-rata' },
    { type: 'Other', words: "At the issuer's discretion", method: 'discretionary' },
    { type: 'Other', words: 'Pro rata among members', method: 'pro-rata' },
    { type: 'Other', words: 'First come first served', method: 'first-come' },
    { type: 'Other', words: '', method: 'discretionary' },
    { type: '', words: 'At discretion', method: undefined },
  ])('$type $words is $method', ({ type, words, method }) => {
    const xml = EQUITY.replace('>Pro-rata basis<', `>${type}<`).replace(
      '<maximumOfferingAmount>',
      `<descOverSubscription>${words}</descOverSubscription><maximumOfferingAmount>`,
    );
    expect(interpret(xml).offering?.allocationMethod).toBe(method);
  });
});

describe('what does not fit together is found', () => {
  it('in a filing with everything wrong', () => {
    const { findings } = interpret(fixture('c-amendment.xml'));
    expect(findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'warning test-filing',
      'warning placeholder-text',
      'notice issuer-signs-under-another-name',
      'warning incorporated-after-signature',
      'warning deadline-before-signature',
      'warning maximum-below-target',
      'warning kind-unclear',
      'warning number-and-price-give-another-amount',
      'warning cash-above-total-assets',
    ]);
    expect(findings.find(({ code }) => code === 'placeholder-text')).toEqual({
      code: 'placeholder-text',
      severity: 'warning',
      message: 'The text still holds "[INSERT SERIES]".',
      pointer: '/formData/offeringInformation/securityOfferedOtherDesc',
    });
  });

  it.each([
    { change: ['1235000.00', '49999.99'], code: 'maximum-below-target' },
    { change: ['Accepted>Y<', 'Accepted>N<'], code: 'maximum-without-oversubscription' },
    { change: ['1235000.00', '50000.00'], code: 'oversubscription-without-maximum' },
    { change: ['>20000<', '>494000<'], code: 'number-and-price-give-the-maximum' },
    { change: ['>50000.00<', '>50002.49<'], code: 'target-not-whole-securities' },
    { change: ['>50000.00<', '>50002.50<'], code: 'number-and-price-give-another-amount' },
    { change: ['>2.50000<', '>0.00000<'], code: 'price-missing' },
    { change: ['02-28-2025', '10-02-2024'], code: 'deadline-before-signature' },
    { change: ['04-29-2021', '10-04-2024'], code: 'incorporated-after-signature' },
    { change: ['>LIVE<', '>TEST<'], code: 'test-filing' },
    { change: ['Set by the board', 'TBD'], code: 'placeholder-text' },
    { change: ['Set by the board', 'by ____ the board'], code: 'placeholder-text' },
    { change: ['Set by the board', 'Lorem ipsum'], code: 'placeholder-text' },
    { change: ['>95000.50<', '>420000.01<'], code: 'cash-above-total-assets' },
    { change: ['<formData>', '<formData><novel/>'], code: 'unread-element' },
    { change: ['Harbourlight Portal, LLC', ' '], code: 'intermediary-missing' },
    { change: [/10-0[13]-2024/g, ''], code: 'unsigned' },
    { change: ['<issuer>Tidewater', '<issuer>Lowwater'], code: 'issuer-signs-under-another-name' },
    { change: ['>Common Stock<', '>Convertible Notes<'], code: 'kind-unclear' },
  ] as const)('$code when $change', ({ change: [from, to], code }) => {
    const xml = EQUITY.replace(from, to);
    expect(xml).not.toBe(EQUITY);
    expect(codesOf(interpret(xml))).toEqual([code]);
  });

  it.each([
    {
      name: 'the name signed with other punctuation',
      change: ['<issuer>Tidewater Kelp', '<issuer>TIDEWATER-KELP'],
    },
    { name: 'a deadline on the day of signing', change: ['02-28-2025', '10-03-2024'] },
    { name: 'cash that is all there is', change: ['>95000.50<', '>420000.00<'] },
    { name: 'a word that only looks like debt', change: ['Set by the board', 'See footnotes'] },
  ])('nothing in $name', ({ change: [from = '', to = ''] }) => {
    const xml = EQUITY.replace(from, to);
    expect(xml).not.toBe(EQUITY);
    expect(codesOf(interpret(xml))).toEqual([]);
  });
});

describe('real filings', () => {
  const isThere = existsSync(SAMPLES);
  (isThere ? it.each : it.skip.each)([
    { file: 'Anesu.FormC.xml', kind: 'loan', method: 'first-come', codes: [] },
    {
      file: 'HiddenSea.FormCU.xml',
      kind: 'equity',
      method: 'discretionary',
      codes: ['number-and-price-give-the-maximum'],
    },
    {
      file: 'alto.FormC.xml',
      kind: 'equity',
      method: 'discretionary',
      codes: ['placeholder-text'],
    },
    {
      file: 'pickleball.FormC.xml',
      kind: 'equity',
      method: 'first-come',
      codes: ['target-not-whole-securities'],
    },
    { file: 'EVSolar.FormC-AR.xml', kind: undefined, method: undefined, codes: [] },
    { file: 'Neurotez.FormCTR.xml', kind: undefined, method: undefined, codes: [] },
  ])('$file (skipped where the filings are not beside this project)', (expected) => {
    const statement = interpret(readFileSync(join(SAMPLES, expected.file), 'utf8'));
    expect(statement.offering?.kind).toBe(expected.kind);
    expect(statement.offering?.allocationMethod).toBe(expected.method);
    expect(codesOf(statement)).toEqual(expected.codes);
    expect(statement.issuer.name).not.toBe('');
  });
});
