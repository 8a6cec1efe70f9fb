export { BOOK_VARIABLES, type BookLoan } from './book-loan';
export { BookClearances } from './clearance.service';
export { USUAL_FATE, fateOf, fateText, type Fate, type FateRule } from './fate';
export { takeoverChecks } from './integrity';
export { TakeoverService, type TakenBatch, type TakeoverDeps } from './service';
export type { TakenLoan } from './store';
