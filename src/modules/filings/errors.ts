import { problemCatalogue } from '../../kernel/problem';

export const filingProblem = problemCatalogue('filings', {
  'too-large': { kind: 'too-large', title: 'The filing is larger than a form can be' },
  'not-xml': { kind: 'invalid', title: 'The filing is not well-formed XML' },
  'dtd-refused': { kind: 'invalid', title: 'The filing declares a document type or entities' },
  'not-form-c': { kind: 'invalid', title: 'The XML is not an EDGAR Form C' },
  'unsupported-type': { kind: 'unsupported', title: 'This type of Form C is not read' },
  'field-missing': { kind: 'unprocessable', title: 'The filing lacks what its type must hold' },
  'field-malformed': { kind: 'unprocessable', title: 'A field of the filing cannot be read' },
  'test-filing': { kind: 'unprocessable', title: 'A test submission is not a filing' },
  'credential-inside': {
    kind: 'unprocessable',
    title: 'The filing still holds the access code of its filer',
  },
  'place-unknown': { kind: 'unprocessable', title: 'A place of the filing is not known' },
  'nobody-signed': { kind: 'unprocessable', title: 'No signature names who acts for the issuer' },
  'not-accepted': {
    kind: 'unprocessable',
    title: 'What the filing says would not be accepted by the API either',
  },
  'wrong-rulebook': {
    kind: 'unprocessable',
    title: 'Form C belongs to Regulation Crowdfunding, not to the rulebook of this operator',
  },
  'website-unreadable': { kind: 'unprocessable', title: 'The web address of the issuer is none' },
  'year-unknown': { kind: 'unprocessable', title: 'Nothing says of which year the figures are' },
  'year-before-incorporation': {
    kind: 'unprocessable',
    title: 'The year was over before the issuer was incorporated',
  },
  'year-verified': {
    kind: 'conflict',
    title: 'Other figures of the year are on file and verified',
  },
  'newer-on-file': { kind: 'conflict', title: 'A filing that was signed later is on file' },
  'loan-needs-decision': {
    kind: 'unsupported',
    title: 'A loan is listed on a credit decision, which a filing does not hold',
  },
  'price-missing': {
    kind: 'unprocessable',
    title: 'Without a price nobody can be allotted whole shares',
  },
  'offering-unknown': {
    kind: 'not-found',
    title: 'The offering is not on file, and the filing states no terms to draft it from',
  },
  'offering-ambiguous': {
    kind: 'conflict',
    title: 'Several offerings of the issuer could be meant',
  },
  'offering-under-way': {
    kind: 'conflict',
    title: 'The offering is past its drafting; its terms change by a material change',
  },
  'offering-of-another': { kind: 'conflict', title: 'Another issuer has an offering of that name' },
  'not-found': { kind: 'not-found', title: 'There is no such filing' },
  // What cannot be written is not there to be read: each says what it waits for.
  'no-form': { kind: 'not-found', title: 'The offering is not under Regulation Crowdfunding' },
  'filer-unknown': { kind: 'not-found', title: 'The issuer has no number at EDGAR' },
  'place-without-code': { kind: 'not-found', title: 'EDGAR has no code of a place of the issuer' },
  'not-handed-in': {
    kind: 'not-found',
    title: 'Nobody has handed the offering in and stands behind the form',
  },
  'figures-missing': {
    kind: 'not-found',
    title: 'Figures that the form asks for are not on record',
  },
  'file-number-missing': {
    kind: 'not-found',
    title: 'An update names the number the Commission gave the offering, which is not on file',
  },
  'no-progress': { kind: 'not-found', title: 'The offering has not reached half of its target' },
  'not-valid': {
    kind: 'not-found',
    title: 'What would be filed is not valid by the schema of the form',
  },
});
