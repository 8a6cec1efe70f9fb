import { labelOf, rankOf, strataOf, type Draw } from './draw';

/**
 * A draw as everybody may see it. In place of each case stands its rank: whoever knows the key of a
 * case finds it, nobody else can tell which it is. Strata have no names, only their order.
 */
export interface PublicDraw extends Omit<Draw, 'format' | 'population' | 'drawn'> {
  readonly format: 'yunchou-public-draw-1';
  /** The ranks of each stratum, from the lowest; the strata in the order of their names. */
  readonly strata: readonly (readonly string[])[];
  readonly drawn: readonly {
    readonly rank: string;
    /** Its place in `strata`. */
    readonly stratum: number;
    readonly inspector: string;
  }[];
}

/** Takes out of a draw what names cases: all of it can be computed again without. */
export function publicDraw({ population, drawn, ...rest }: Draw): PublicDraw {
  const strata = strataOf(population);
  const places = new Map([...strata.keys()].map((name, place) => [name, place]));
  const rank = (stratum: string, key: string): string => rankOf(rest.seed, labelOf(stratum), key);
  return {
    ...rest,
    format: 'yunchou-public-draw-1',
    strata: [...strata].map(([name, keys]) => keys.map((key) => rank(name, key)).toSorted()),
    drawn: drawn.map(({ key, stratum, inspector }) => ({
      rank: rank(stratum, key),
      stratum: places.get(stratum) ?? 0,
      inspector,
    })),
  };
}
