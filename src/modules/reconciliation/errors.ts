import { problemCatalogue } from '../../kernel/problem';

export const reconciliationProblem = problemCatalogue('reconciliation', {
  'statement-unreadable': { kind: 'invalid', title: 'The statement file cannot be read' },
  'statement-lines': { kind: 'unprocessable', title: 'Lines of the statement are wrong' },
  'statement-unbalanced': {
    kind: 'unprocessable',
    title: 'Opening balance and lines of the statement do not come to its closing balance',
  },
  'statement-account': {
    kind: 'unprocessable',
    title: 'The statement is of another account, or of another currency than the books',
  },
  'statement-gap': {
    kind: 'conflict',
    title: 'The statement does not follow on the one before',
  },
  'day-not-over': { kind: 'unprocessable', title: 'The day is not over yet' },
  'statement-not-found': { kind: 'not-found', title: 'There is no such bank statement' },
  'item-not-open': {
    kind: 'conflict',
    title: 'A line or posting does not exist, or is matched already',
  },
  'match-not-found': { kind: 'not-found', title: 'There is no such match, or it was undone' },
  'match-written-off': {
    kind: 'conflict',
    title: 'The match settles a difference in the books; it cannot be undone',
  },
  'break-not-found': { kind: 'not-found', title: 'There is no such break' },
  'break-status': { kind: 'conflict', title: 'The status of the break does not allow this step' },
  'four-eyes': { kind: 'forbidden', title: 'Another person must take the second step' },
  'own-funds-short': {
    kind: 'unprocessable',
    title: 'The operator’s own funds with the custodian do not cover the difference',
  },
  'not-for-own-funds': {
    kind: 'unprocessable',
    title: 'Money that the bank has and the books have not is nothing the operator has earned',
  },
  'not-for-suspense': {
    kind: 'unprocessable',
    title: 'Only what the bank has more than the books can be put in suspense',
  },
  'day-not-found': { kind: 'not-found', title: 'There is no reconciliation of that day' },
  'day-status': {
    kind: 'conflict',
    title: 'The status of the reconciliation does not allow this step',
  },
  'statement-missing': { kind: 'conflict', title: 'No bank statement covers that day yet' },
  'breaks-unexplained': {
    kind: 'unprocessable',
    title: 'A break has no owner or no note: each must be explained before the day is prepared',
  },
});
