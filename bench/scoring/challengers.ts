import { challengerModel, type FoldModel } from '../../src/modules/credit';

/**
 * Models that are measured beside the card, on the same folds and the same rows, by name. None of
 * them ever decides.
 */
export const CHALLENGERS: Readonly<Record<string, FoldModel>> = {
  'boosted trees': challengerModel(),
};
