/** What one application shows of its party. */
export interface Sighting {
  readonly partyId: string;
  readonly kind: string;
  readonly mark: string;
}

/** When two parties belong together. */
export interface LinkRule {
  readonly strong: readonly string[];
  readonly weakNeeded: number;
}

/**
 * The groups of parties that are linked, each sorted, in order of their first member; parties that
 * stand alone are groups of one.
 *
 * Two parties are linked when they share a strong mark, or weak marks of enough kinds. The database
 * keeps the same groups incrementally; this is what they must come to.
 */
export function clustersOf(
  sightings: readonly Sighting[],
  rule: LinkRule,
): readonly (readonly string[])[] {
  const groups = new DisjointSets();
  for (const { partyId } of sightings) groups.add(partyId);
  const weakly = new Map<string, Set<string>>();
  for (const bearers of bearersOf(sightings)) {
    for (const [position, one] of bearers.parties.entries()) {
      for (const other of bearers.parties.slice(position + 1)) {
        const kinds = kindsShared(weakly, one, other).add(bearers.kind);
        if (rule.strong.includes(bearers.kind) || kinds.size >= rule.weakNeeded) {
          groups.join(one, other);
        }
      }
    }
  }
  return groups.list();
}

function bearersOf(sightings: readonly Sighting[]) {
  const byMark = new Map<string, { readonly kind: string; readonly parties: Set<string> }>();
  for (const { kind, mark, partyId } of sightings) {
    const key = `${kind}|${mark}`;
    const known = byMark.get(key) ?? { kind, parties: new Set<string>() };
    known.parties.add(partyId);
    byMark.set(key, known);
  }
  return [...byMark.values()].map(({ kind, parties }) => ({
    kind,
    parties: [...parties].toSorted(),
  }));
}

function kindsShared(known: Map<string, Set<string>>, one: string, other: string): Set<string> {
  const key = `${one}|${other}`;
  const kinds = known.get(key) ?? new Set<string>();
  known.set(key, kinds);
  return kinds;
}

/** Disjoint sets with path compression; the least member names its set. */
export class DisjointSets {
  private readonly parents = new Map<string, string>();

  add(member: string): void {
    if (!this.parents.has(member)) this.parents.set(member, member);
  }

  find(member: string): string {
    this.add(member);
    let root = member;
    for (let up = this.parents.get(root); up !== undefined && up !== root;) {
      root = up;
      up = this.parents.get(root);
    }
    this.parents.set(member, root);
    return root;
  }

  join(one: string, other: string): void {
    const [least, most] = [this.find(one), this.find(other)].toSorted();
    if (least !== undefined && most !== undefined) this.parents.set(most, least);
  }

  list(): readonly (readonly string[])[] {
    const sets = new Map<string, string[]>();
    for (const member of [...this.parents.keys()].toSorted()) {
      const root = this.find(member);
      sets.set(root, [...(sets.get(root) ?? []), member]);
    }
    return [...sets.values()];
  }
}
