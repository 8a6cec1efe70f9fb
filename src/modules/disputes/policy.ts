import { dueAfter, type Place, type TimeLimit } from '../../kernel/time-limit';
import type { Channel } from './complaint';

/** What an operator owes whoever complains, by a time. */
export const DUTIES = ['acknowledge', 'answer'] as const;
export type Duty = (typeof DUTIES)[number];

/** One duty of a policy, with where it comes from and how surely we know it. */
export interface DutyTerms {
  readonly duty: Duty;
  /** Where the complaint is heard for this duty to arise. */
  readonly channels: readonly Channel[];
  readonly within: TimeLimit;
  readonly citation: string;
  readonly verification: 'verified' | 'secondary' | 'unverified' | 'own';
}

/** By when complaints are handled under a rulebook. */
export interface ComplaintPolicy {
  readonly id: string;
  readonly version: number;
  readonly rulebooks: readonly string[];
  readonly duties: readonly DutyTerms[];
  /** Where a complainant may go that is not content. */
  readonly redress: { readonly en: string; readonly zh: string };
}

/** A duty of one complaint, until it is done. */
export interface Deadline {
  readonly duty: Duty;
  readonly channel: Channel;
  readonly dueAt: Date;
  readonly citation: string;
  readonly doneAt?: Date | undefined;
  /** When it was found that nothing had been done in time. */
  readonly missedAt?: Date | undefined;
}

export class ComplaintPolicies {
  constructor(private readonly all: readonly ComplaintPolicy[]) {}

  /** The newest policy that names the rulebook, else the newest that names none. */
  of(rulebookId: string): ComplaintPolicy | undefined {
    const newest = this.all.toSorted((a, b) => b.version - a.version);
    return (
      newest.find(({ rulebooks }) => rulebooks.includes(rulebookId)) ??
      newest.find(({ rulebooks }) => rulebooks.length === 0)
    );
  }
}

/** What is owed to a complainant whose complaint comes before a channel at that instant. */
export function deadlinesOf(
  { duties }: ComplaintPolicy,
  { channel, at }: { readonly channel: Channel; readonly at: Date },
  place: Place,
): readonly Deadline[] {
  return duties
    .filter(({ channels }) => channels.includes(channel))
    .map(({ duty, within, citation }) => ({
      duty,
      channel,
      dueAt: dueAfter(at, within, place),
      citation,
    }));
}
