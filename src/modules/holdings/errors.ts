import { problemCatalogue } from '../../kernel/problem';

export const holdingProblem = problemCatalogue('holdings', {
  'instrument-not-found': { kind: 'not-found', title: 'There is no such instrument' },
  'instrument-exists': {
    kind: 'conflict',
    title: 'The issuer has an instrument of that name already',
  },
  'holder-limit': { kind: 'conflict', title: 'The issuer may not have that many holders' },
  'above-authorised': { kind: 'conflict', title: 'More units than the issuer may issue' },
  'not-enough-units': { kind: 'conflict', title: 'The holder has too few units' },
  'not-reversible': {
    kind: 'conflict',
    title: 'The event is no issuance, or has been reversed to that extent before',
  },
  'source-reused': {
    kind: 'conflict',
    title: 'The same source was entered before with other contents',
  },
  'transfer-restricted': { kind: 'conflict', title: 'The units may not be transferred' },
  'units-not-positive': { kind: 'invalid', title: 'Units are whole and above zero' },
  'self-transfer': { kind: 'invalid', title: 'Nobody can transfer to themselves' },
  'unknown-holder': { kind: 'not-found', title: 'There is no such investor' },
  'not-your-register': { kind: 'not-found', title: 'There is no such register' },
});
