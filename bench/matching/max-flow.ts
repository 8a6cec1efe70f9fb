import { allBits, clearBit, hasBit, lowestBit, setBit } from './bits';
import { FlowRows, type Holders } from './flow-rows';
import type { Network } from './network';

export interface MaxFlow {
  /** Minor units. */
  readonly value: number;
  readonly phases: number;
  readonly rows: FlowRows;
  /** By rank: may more money still reach this loan? Those it may reach are one side of the cut. */
  readonly isReached: Uint8Array;
}

/** No entry: the lender sends its own cash instead of taking it from another loan. */
const OWN_CASH = -1;

/**
 * Dinic's algorithm on the implicit network: phases of a breadth-first labelling of the loans and a
 * blocking flow along it. A lender that takes money from one loan and gives it to another is one
 * arc between those loans, whose capacity is what its caps leave; so only loans carry labels, and a
 * lender's row of bits is intersected with the loans still wanted, 32 at a time.
 *
 * Source: Dinic 1970. Whatever this class does, the bound rests on the cut alone (cut.ts).
 */
export class MaxFlowSearch {
  private readonly rows: FlowRows;
  /** Eligible pairs that could take more. */
  private readonly open: Uint32Array;
  private readonly cashLeft: Float64Array;
  private readonly room: Float64Array;
  private readonly setUsed: Float64Array;
  private readonly everything: Uint32Array;
  private readonly loansOfGrades = new Map<number, Uint32Array>();

  /** Of the current phase. */
  private unlabelled: Uint32Array;
  private readonly loanLevel: Int32Array;
  /** By loan, who labelled it, and from which loan. */
  private readonly labelledBy: Int32Array;
  private readonly labelledFrom: Int32Array;
  /** Level of the loans this lender labelled, -1 if it was not reached. */
  private readonly lenderLevel: Int32Array;
  /** By lender, the grades from which its full sets were looked into. */
  private readonly gradesSeen: Int32Array;
  private levels: Uint32Array[] = [];
  private found: number[] = [];
  private holders: Holders = { start: new Int32Array(0), lender: new Int32Array(0) };
  private nextHolder = new Int32Array(0);
  private readonly nextWord: Int32Array;
  private readonly isOnPath: Uint8Array;

  constructor(private readonly net: Network) {
    const { lenders, loans } = net;
    this.rows = new FlowRows(lenders);
    this.open = net.eligible.slice();
    this.cashLeft = net.cash.slice();
    this.room = net.amount.slice();
    this.setUsed = new Float64Array(net.setCap.length);
    this.everything = allBits(loans);
    this.unlabelled = this.everything.slice();
    this.loanLevel = new Int32Array(loans);
    this.labelledBy = new Int32Array(loans);
    this.labelledFrom = new Int32Array(loans);
    this.lenderLevel = new Int32Array(lenders);
    this.gradesSeen = new Int32Array(lenders);
    this.nextWord = new Int32Array(lenders);
    this.isOnPath = new Uint8Array(lenders);
  }

  run(): MaxFlow {
    let value = 0;
    let phases = 0;
    while (this.label()) {
      // A blocking flow may overlook what only one of several ways into a lender allows; the labels
      // never do, and along them at least one path leads.
      const pushed = this.pushAll() || this.pushAlongLabels();
      value += pushed;
      phases += 1;
    }
    const isReached = Uint8Array.from(this.loanLevel, (level) => (level >= 0 ? 1 : 0));
    return { value, phases, rows: this.rows, isReached };
  }

  /** Labels loans with their distance from spare cash; false when none with room is reached. */
  private label(): boolean {
    const { lenders, loans, words, pairCap } = this.net;
    this.unlabelled = this.everything.slice();
    this.loanLevel.fill(-1);
    this.lenderLevel.fill(-1);
    this.gradesSeen.fill(0);
    this.nextWord.fill(0);
    this.levels = [];
    this.found = [];
    this.holders = this.rows.holders(loans);
    this.nextHolder = this.holders.start.slice();
    for (let lender = 0; lender < lenders; lender += 1) {
      if (this.cashLeft[lender] === 0 || pairCap[lender] === 0) continue;
      this.lenderLevel[lender] = 0;
      this.scan(lender, OWN_CASH, 0);
    }
    for (let level = 0; this.found.length > 0; level += 1) {
      const labelled = this.found;
      const bits = new Uint32Array(words);
      for (const loan of labelled) setBit(bits, 0, loan);
      this.levels.push(bits);
      if (labelled.some((loan) => (this.room[loan] as number) > 0)) return true;
      this.found = [];
      for (const loan of labelled) this.labelFrom(loan, level + 1);
    }
    return false;
  }

  private labelFrom(loan: number, level: number): void {
    const { start, lender: holder } = this.holders;
    for (let at = start[loan] as number; at < (start[loan + 1] as number); at += 1) {
      const lender = holder[at] as number;
      this.labelSiblings(lender, loan, level);
      const grade = 1 << (this.net.grade[loan] as number);
      if (this.lenderLevel[lender] === -1) {
        this.lenderLevel[lender] = level;
      } else if (
        ((this.gradesSeen[lender] as number) & grade) !== 0 ||
        !this.isInFullSet(lender, loan)
      ) {
        continue;
      }
      this.gradesSeen[lender] = (this.gradesSeen[lender] as number) | grade;
      this.scan(lender, loan, level);
    }
  }

  /** Between loans of one borrower money moves though the lender's cap on the borrower is full. */
  private labelSiblings(lender: number, loan: number, level: number): void {
    const { shared, siblings, words } = this.net;
    const group = shared[loan] as number;
    if (group < 0) return;
    for (const other of siblings[group] ?? []) {
      if (hasBit(this.unlabelled, 0, other) && hasBit(this.open, lender * words, other)) {
        this.setLabel(other, level, { lender, entry: loan });
      }
    }
  }

  private scan(lender: number, entry: number, level: number): void {
    const { words, shared } = this.net;
    const row = lender * words;
    const full = this.fullGrades(lender, entry);
    const barred = full === 0 ? undefined : this.loansOf(full);
    for (let word = 0; word < words; word += 1) {
      let bits = (this.open[row + word] as number) & (this.unlabelled[word] as number);
      if (bits === 0) continue;
      if (barred) bits &= ~(barred[word] as number);
      while (bits !== 0) {
        const loan = (word << 5) + lowestBit(bits);
        bits &= bits - 1;
        const isShared = (shared[loan] as number) >= 0;
        if (isShared && this.borrowerRoom(lender, loan, entry) <= 0) continue;
        this.setLabel(loan, level, { lender, entry });
      }
    }
  }

  private setLabel(
    loan: number,
    level: number,
    { lender, entry }: { readonly lender: number; readonly entry: number },
  ): void {
    this.loanLevel[loan] = level;
    this.labelledBy[loan] = lender;
    this.labelledFrom[loan] = entry;
    clearBit(this.unlabelled, 0, loan);
    this.found.push(loan);
  }

  /** A blocking flow: from each lender with spare cash, as far as the labels lead. */
  private pushAll(): number {
    let pushed = 0;
    for (let lender = 0; lender < this.net.lenders; lender += 1) {
      const cash = this.cashLeft[lender] as number;
      if (this.lenderLevel[lender] !== 0 || cash === 0) continue;
      const sent = this.send(lender, OWN_CASH, { limit: cash, level: 0 });
      this.cashLeft[lender] = cash - sent;
      pushed += sent;
    }
    return pushed;
  }

  /** One augmenting path, back from a loan with room to the cash that labelled it. */
  private pushAlongLabels(): number {
    const end = this.found.find((loan) => (this.room[loan] as number) > 0);
    if (end === undefined) throw new Error('the labels lead nowhere');
    let least = this.room[end] as number;
    for (let loan = end; loan !== OWN_CASH; loan = this.labelledFrom[loan] as number) {
      const lender = this.labelledBy[loan] as number;
      const entry = this.labelledFrom[loan] as number;
      const held = entry === OWN_CASH ? this.cashLeft[lender] : this.rows.of(lender, entry);
      least = Math.min(least, held as number, this.roomFor(lender, loan, entry));
    }
    if (least <= 0) throw new Error('a label stands on a full arc');
    this.room[end] = (this.room[end] as number) - least;
    for (let loan = end; loan !== OWN_CASH; loan = this.labelledFrom[loan] as number) {
      const lender = this.labelledBy[loan] as number;
      const entry = this.labelledFrom[loan] as number;
      this.change(lender, loan, least);
      if (entry === OWN_CASH) this.cashLeft[lender] = (this.cashLeft[lender] as number) - least;
      else this.change(lender, entry, -least);
    }
    return least;
  }

  /** Sends up to `limit` from the lender to loans of `level`; what it sends leaves `entry`. */
  private send(
    lender: number,
    entry: number,
    { limit, level }: { readonly limit: number; readonly level: number },
  ): number {
    if (this.isOnPath[lender] === 1 || !this.mayLead(lender, entry, level)) return 0;
    const { words } = this.net;
    const row = lender * words;
    const targets = this.levels[level] as Uint32Array;
    const isOwnLevel = this.lenderLevel[lender] === level;
    this.isOnPath[lender] = 1;
    let sent = 0;
    // Another entry may find room where this one finds none: the next scan begins there.
    let firstBarred = words;
    let word = isOwnLevel ? (this.nextWord[lender] as number) : 0;
    scanning: for (; word < words; word += 1) {
      let bits = (this.open[row + word] as number) & (targets[word] as number);
      while (bits !== 0) {
        const loan = (word << 5) + lowestBit(bits);
        bits &= bits - 1;
        const room = this.roomFor(lender, loan, entry);
        if (room <= 0) {
          firstBarred = Math.min(firstBarred, word);
          continue;
        }
        const taken = this.absorb(loan, Math.min(room, limit - sent), level);
        if (taken > 0) this.change(lender, loan, taken);
        sent += taken;
        if (sent === limit) break scanning;
      }
    }
    if (isOwnLevel) this.nextWord[lender] = Math.min(word, firstBarred);
    this.isOnPath[lender] = 0;
    return sent;
  }

  /** The loan's own room, or that of loans of the next level to which its lenders move on. */
  private absorb(loan: number, wanted: number, level: number): number {
    if (level === this.levels.length - 1) {
      const room = this.room[loan] as number;
      const taken = Math.min(room, wanted);
      this.room[loan] = room - taken;
      if (taken === room) clearBit(this.levels[level] as Uint32Array, 0, loan);
      return taken;
    }
    const { start, lender: holder } = this.holders;
    const end = start[loan + 1] as number;
    let taken = 0;
    for (let at = this.nextHolder[loan] as number; at < end; at += 1) {
      const lender = holder[at] as number;
      const held = this.rows.of(lender, loan);
      const limit = Math.min(held, wanted - taken);
      const moved = limit > 0 ? this.send(lender, loan, { limit, level: level + 1 }) : 0;
      if (moved > 0) this.change(lender, loan, -moved);
      taken += moved;
      this.nextHolder[loan] = at;
      if (taken === wanted) return taken;
    }
    this.nextHolder[loan] = end;
    clearBit(this.levels[level] as Uint32Array, 0, loan);
    return taken;
  }

  private mayLead(lender: number, entry: number, level: number): boolean {
    if (this.lenderLevel[lender] === level) return true;
    return (this.net.shared[entry] as number) >= 0 || this.isInFullSet(lender, entry);
  }

  private change(lender: number, loan: number, amount: number): void {
    const { setStart, setMask, pairCap, words, grade } = this.net;
    this.rows.add(lender, loan, amount);
    const bit = 1 << (grade[loan] as number);
    for (let set = setStart[lender] as number; set < (setStart[lender + 1] as number); set += 1) {
      if (((setMask[set] as number) & bit) === 0) continue;
      this.setUsed[set] = (this.setUsed[set] as number) + amount;
    }
    const isFull = this.rows.of(lender, loan) >= (pairCap[lender] as number);
    if (isFull) clearBit(this.open, lender * words, loan);
    else setBit(this.open, lender * words, loan);
  }

  /** What the caps leave for this loan, when what it gets is taken from `entry`. */
  private roomFor(lender: number, loan: number, entry: number): number {
    const { setStart, setMask, setCap, pairCap, grade } = this.net;
    let room = (pairCap[lender] as number) - this.rows.of(lender, loan);
    const bit = 1 << (grade[loan] as number);
    const entryBit = entry === OWN_CASH ? 0 : 1 << (grade[entry] as number);
    for (let set = setStart[lender] as number; set < (setStart[lender + 1] as number); set += 1) {
      const mask = setMask[set] as number;
      if ((mask & bit) === 0 || (mask & entryBit) !== 0) continue;
      room = Math.min(room, (setCap[set] as number) - (this.setUsed[set] as number));
    }
    return Math.min(room, this.borrowerRoom(lender, loan, entry));
  }

  private borrowerRoom(lender: number, loan: number, entry: number): number {
    const { shared, siblings, borrowerCap } = this.net;
    const group = shared[loan] as number;
    if (group < 0 || (entry !== OWN_CASH && shared[entry] === group)) return Infinity;
    let room = borrowerCap[lender] as number;
    for (const other of siblings[group] ?? []) room -= this.rows.of(lender, other);
    return room;
  }

  /** Grades of the full sets, but for the sets that what leaves `entry` makes room in. */
  private fullGrades(lender: number, entry: number): number {
    const { setStart, setMask, setCap, grade } = this.net;
    const entryBit = entry === OWN_CASH ? 0 : 1 << (grade[entry] as number);
    let full = 0;
    for (let set = setStart[lender] as number; set < (setStart[lender + 1] as number); set += 1) {
      const mask = setMask[set] as number;
      const isFull = (this.setUsed[set] as number) >= (setCap[set] as number);
      if (isFull && (mask & entryBit) === 0) full |= mask;
    }
    return full;
  }

  private isInFullSet(lender: number, loan: number): boolean {
    const bit = 1 << (this.net.grade[loan] as number);
    return (this.fullGrades(lender, OWN_CASH) & bit) !== 0;
  }

  private loansOf(grades: number): Uint32Array {
    let words = this.loansOfGrades.get(grades);
    if (!words) {
      words = new Uint32Array(this.net.words);
      for (const [loan, grade] of this.net.grade.entries()) {
        if (grades & (1 << grade)) setBit(words, 0, loan);
      }
      this.loansOfGrades.set(grades, words);
    }
    return words;
  }
}
