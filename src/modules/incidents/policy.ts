import { dueAfter, type Place, type TimeLimit } from '../../kernel/time-limit';
import { touchesPeople, type Incident, type Severity } from './incident';

/** Who must be told of which incidents by when, with where that comes from. */
export interface NotificationDuty {
  readonly id: string;
  readonly recipient: { readonly en: string; readonly zh: string };
  readonly severities: readonly Severity[];
  /** Only where data of people was affected. */
  readonly personalDataOnly: boolean;
  /** From when the time runs: when it was noticed, or when it was found to be this severe. */
  readonly since: 'noticed' | 'classified';
  readonly within: TimeLimit;
  readonly citation: string;
  readonly verification: 'verified' | 'secondary' | 'unverified' | 'own';
}

export interface IncidentPolicy {
  readonly id: string;
  readonly version: number;
  readonly rulebooks: readonly string[];
  readonly duties: readonly NotificationDuty[];
}

/** A duty of one incident, until somebody was told or it was found not to hold. */
export interface OwedNotice {
  readonly duty: string;
  readonly recipient: { readonly en: string; readonly zh: string };
  readonly dueAt: Date;
  readonly citation: string;
  readonly doneAt?: Date | undefined;
  readonly missedAt?: Date | undefined;
  readonly waivedAt?: Date | undefined;
  readonly waivedBecause?: string | undefined;
}

export class IncidentPolicies {
  constructor(private readonly all: readonly IncidentPolicy[]) {}

  /** The newest policy that names the rulebook, else the newest that names none. */
  of(rulebookId: string): IncidentPolicy | undefined {
    const newest = this.all.toSorted((a, b) => b.version - a.version);
    return (
      newest.find(({ rulebooks }) => rulebooks.includes(rulebookId)) ??
      newest.find(({ rulebooks }) => rulebooks.length === 0)
    );
  }
}

/** Whom to tell of an incident as it is judged now. */
export function noticesOf(
  { duties }: IncidentPolicy,
  incident: Incident,
  place: Place,
): readonly OwedNotice[] {
  return duties
    .filter(
      ({ severities, personalDataOnly }) =>
        severities.includes(incident.severity) && (!personalDataOnly || touchesPeople(incident)),
    )
    .map(({ id, recipient, since, within, citation }) => ({
      duty: id,
      recipient,
      dueAt: dueAfter(
        since === 'noticed' ? incident.noticedAt : incident.classifiedAt,
        within,
        place,
      ),
      citation,
    }));
}
