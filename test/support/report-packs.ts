import { reportPacks } from '../../src/app/reports';
import { BlindIndex } from '../../src/platform/field-cipher';

/** What reports are computed with, under a key of the tests. */
export const PACKS = reportPacks(new BlindIndex(Buffer.alloc(32, 9)));
