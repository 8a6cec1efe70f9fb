import { problemCatalogue } from '../../kernel/problem';

export const filingProblem = problemCatalogue('filings', {
  'too-large': { kind: 'too-large', title: 'The filing is larger than a form can be' },
  'not-xml': { kind: 'invalid', title: 'The filing is not well-formed XML' },
  'dtd-refused': { kind: 'invalid', title: 'The filing declares a document type or entities' },
  'not-form-c': { kind: 'invalid', title: 'The XML is not an EDGAR Form C' },
  'unsupported-type': { kind: 'unsupported', title: 'This type of Form C is not read' },
  'field-missing': { kind: 'unprocessable', title: 'The filing lacks what its type must hold' },
  'field-malformed': { kind: 'unprocessable', title: 'A field of the filing cannot be read' },
});
