import { GRADE_LIMIT, type MandateForMatch } from './instance';

/** The lenders' caps over sets of grades, as lists laid end to end. */
export interface GradeCaps {
  /** By lender: where its caps begin; one more entry for the end of the last. */
  readonly first: Uint32Array;
  /** By cap: the classes of grades it counts, as bits. */
  readonly classMask: Uint32Array;
  readonly most: Float64Array;
}

/**
 * By grade: the number of its class. Two grades are of one class when every cap of every mandate
 * counts both or neither; in practice there are two or three classes, and the engine keeps its
 * columns once a class.
 */
export function gradeClassesOf(mandates: readonly MandateForMatch[]): Uint8Array {
  const masks = new Set(
    mandates.flatMap(({ gradeCaps }) => gradeCaps?.map(({ gradeMask }) => gradeMask) ?? []),
  );
  const sorted = [...masks].toSorted((a, b) => a - b);
  const classes = new Map<string, number>();
  return Uint8Array.from({ length: GRADE_LIMIT }, (_, grade) => {
    const counted = sorted.map((mask) => (mask >>> grade) & 1).join('');
    const known = classes.get(counted) ?? classes.size;
    classes.set(counted, known);
    return known;
  });
}

export function gradeCapsOf(
  mandates: readonly MandateForMatch[],
  { classOf, down }: { classOf: Uint8Array; down: (minor: bigint | undefined) => number },
): GradeCaps {
  const first = new Uint32Array(mandates.length + 1);
  const classMask: number[] = [];
  const most: number[] = [];
  for (const [lender, { gradeCaps }] of mandates.entries()) {
    for (const { gradeMask, maxMinor } of gradeCaps ?? []) {
      classMask.push(classesIn(gradeMask, classOf));
      most.push(down(maxMinor));
    }
    first[lender + 1] = most.length;
  }
  return { first, classMask: Uint32Array.from(classMask), most: Float64Array.from(most) };
}

function classesIn(gradeMask: number, classOf: Uint8Array): number {
  let classes = 0;
  for (const [grade, its] of classOf.entries()) {
    if ((gradeMask >>> grade) & 1) classes |= 1 << its;
  }
  return classes;
}
