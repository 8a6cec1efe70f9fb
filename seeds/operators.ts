import { calendarDate } from '../src/kernel/calendar-date';
import type { OperatorPlan } from './people';
import { creditCode, employerNumber, legalEntityIdentifier } from './synthetic-numbers';

/** A funding portal in New York under Regulation Crowdfunding. */
export const HUDSON: OperatorPlan = {
  code: 'hudson',
  legalName: 'Hudson Street Portal, LLC',
  line: 'equity',
  jurisdiction: 'US',
  rulebookId: 'us-reg-cf',
  identityKind: 'us-ein',
  identityNumber: employerNumber(1),
  licence: {
    number: '007-00000',
    authority: 'Securities and Exchange Commission (sandbox)',
    validFrom: calendarDate('2021-03-15'),
  },
  custodian: { name: 'Sandbox Trust Company', accountReference: 'SANDBOX-FBO-001' },
  homeCurrency: 'USD',
  timeZone: 'America/New_York',
  calendar: 'us',
  successFeeRate: '0.06',
};

/** A second portal under the same rules, so that a cap across portals can be seen at work. */
export const LAKESHORE: OperatorPlan = {
  ...HUDSON,
  code: 'lakeshore',
  legalName: 'Lakeshore Funding, Inc.',
  identityNumber: employerNumber(2),
  licence: {
    number: '007-00001',
    authority: 'Securities and Exchange Commission (sandbox)',
    validFrom: calendarDate('2022-06-01'),
  },
  custodian: { name: 'Sandbox Trust Company', accountReference: 'SANDBOX-FBO-002' },
  timeZone: 'America/Chicago',
};

/** A European crowdfunding service provider in Leipzig. */
export const PLEISSE: OperatorPlan = {
  code: 'pleisse',
  legalName: 'Pleiße Crowd GmbH',
  line: 'equity',
  jurisdiction: 'DE',
  rulebookId: 'eu-ecspr',
  identityKind: 'lei',
  identityNumber: legalEntityIdentifier(90_001),
  licence: {
    number: 'ECSP-00-SANDBOX',
    authority: 'Competent authority of the sandbox',
    validFrom: calendarDate('2022-11-10'),
  },
  custodian: { name: 'Sandbox Zahlungsdienste AG', accountReference: 'SANDBOX-SEG-EUR' },
  homeCurrency: 'EUR',
  timeZone: 'Europe/Berlin',
  calendar: 'target',
  successFeeRate: '0.07',
};

/** A second peer-to-peer lender under the same directions: their caps count both. */
export const BRAHMAPUTRA: OperatorPlan = {
  code: 'brahmaputra',
  legalName: 'Brahmaputra Lending Exchange Private Limited',
  line: 'lending',
  jurisdiction: 'IN',
  rulebookId: 'in-p2p',
  identityKind: 'lei',
  identityNumber: legalEntityIdentifier(90_003),
  licence: {
    number: 'N-00.00001',
    authority: 'Reserve Bank of India (sandbox)',
    validFrom: calendarDate('2022-04-01'),
  },
  custodian: { name: 'Sandbox Trustee Services Limited', accountReference: 'SANDBOX-ESCROW-IN2' },
  homeCurrency: 'INR',
  timeZone: 'Asia/Kolkata',
  calendar: 'in',
  successFeeRate: '0.02',
};

/** A European lending platform: under its rulebook a mandate may lend by itself. */
export const ELBE: OperatorPlan = {
  ...PLEISSE,
  code: 'elbe',
  legalName: 'Elbe Kredit GmbH',
  line: 'lending',
  identityNumber: legalEntityIdentifier(90_004),
  custodian: { name: 'Sandbox Zahlungsdienste AG', accountReference: 'SANDBOX-SEG-EUR-2' },
  successFeeRate: '0.02',
};

/** Another European lender: the one that is supervised in the third act. */
export const WESER: OperatorPlan = {
  ...ELBE,
  code: 'weser',
  legalName: 'Weser Kredit GmbH',
  identityNumber: legalEntityIdentifier(90_005),
  custodian: { name: 'Sandbox Zahlungsdienste AG', accountReference: 'SANDBOX-SEG-EUR-3' },
};

/** An equity platform next door, which supervisors of lenders have nothing to do with. */
export const ALLER: OperatorPlan = {
  ...PLEISSE,
  code: 'aller',
  legalName: 'Aller Crowd GmbH',
  identityNumber: legalEntityIdentifier(90_006),
  custodian: { name: 'Sandbox Zahlungsdienste AG', accountReference: 'SANDBOX-SEG-EUR-4' },
};

/** A platform for private equity offerings in Lanzhou, under the draft of 2014: sandbox only. */
export const LANZHOU: OperatorPlan = {
  code: 'lanzhou',
  legalName: '兰州黄河私募股权众筹平台有限公司',
  line: 'equity',
  jurisdiction: 'CN',
  rulebookId: 'cn-equity-private',
  identityKind: 'cn-uscc',
  identityNumber: creditCode(1),
  custodian: { name: '沙盒存管银行', accountReference: 'SANDBOX-CNY-001' },
  homeCurrency: 'CNY',
  timeZone: 'Asia/Shanghai',
  calendar: 'cn',
  successFeeRate: '0.05',
};
