import type { Id } from '../../kernel/id';
import type { AuthenticatedUser } from '../../platform/auth';
import type { Db } from '../../platform/db';
import { audienceUnder } from './document';
import { offeringProblem } from './errors';
import * as evidence from './evidence.store';
import type { DocumentContent, Review } from './evidence.store';
import { isPublic, type Offering, type OfferingBook, type OfferingStatus } from './offering';
import { listOfferings, listTransitions, type RecordedTransition } from './queries';
import type { OfferingInForce, OfferingService } from './service';

/** Who looks: nobody in particular, or a user with what the operator knows of them. */
export interface Viewer {
  readonly user: AuthenticatedUser | undefined;
  /** Whether the person's identity is verified with this operator. */
  readonly isVerified: boolean;
}

export interface OfferingView extends OfferingInForce {
  readonly book: OfferingBook | undefined;
}

export interface OfferingHistory {
  readonly transitions: readonly RecordedTransition[];
  readonly reviews: readonly Review[];
  readonly changes: readonly evidence.AnnouncedChange[];
}

const STAFF = ['compliance', 'operations', 'admin', 'regulator'] as const;
const PUBLIC: readonly OfferingStatus[] = ['live', 'closing', 'settled', 'failed'];

export interface ViewingDeps {
  readonly offerings: OfferingService;
  /** The issuers a user acts for: asked, since a token does not know of a file opened after it. */
  readonly issuersOf: (db: Db, userId: Id<'usr'>) => Promise<readonly Id<'iss'>[]>;
}

/** Shows offerings to whoever may see them; to others they are not there. */
export class OfferingViewing {
  constructor(private readonly deps: ViewingDeps) {}

  /** @throws Problem `offerings.not-found`, also for what the viewer may not see. */
  async see(db: Db, id: Id<'off'>, viewer: Viewer): Promise<OfferingView> {
    const { offerings } = this.deps;
    const found = await offerings.get(db, id);
    const mayTry = await this.maySee(db, found.offering, viewer);
    if (!mayTry) throw offeringProblem('not-found');
    return { ...found, book: await offerings.findBook(db, id) };
  }

  /**
   * The offering, for a step that only staff or the issuer itself may take.
   *
   * @throws Problem `offerings.not-found` for everybody else.
   */
  async requireManaged(db: Db, id: Id<'off'>, user: AuthenticatedUser): Promise<Offering> {
    const { offering } = await this.deps.offerings.get(db, id);
    if (isStaff(user) || (await this.isOwn(db, offering, user))) return offering;
    throw offeringProblem('not-found');
  }

  /** @throws Problem `offerings.not-owner` unless the user is staff or acts for the issuer. */
  async requireIssuer(db: Db, issuerId: Id<'iss'>, user: AuthenticatedUser): Promise<void> {
    if (isStaff(user) || (await this.isOwn(db, { issuerId }, user))) return;
    throw offeringProblem('not-owner');
  }

  /** A page of what the viewer may see, the newest first. */
  async list(
    db: Db,
    viewer: Viewer,
    filter: {
      readonly status?: OfferingStatus | undefined;
      readonly isOwn?: boolean | undefined;
      readonly after?: string | undefined;
      readonly limit: number;
    },
  ): Promise<readonly OfferingView[]> {
    const { user } = viewer;
    const wanted = filter.status === undefined ? undefined : [filter.status];
    const { after, limit } = filter;
    if (user !== undefined && isStaff(user)) {
      return this.withTerms(db, await listOfferings(db, { statuses: wanted, after, limit }));
    }
    if (filter.isOwn === true && user?.roles.includes('issuer')) {
      const issuerIds = await this.deps.issuersOf(db, user.id);
      const own = await listOfferings(db, { statuses: wanted, issuerIds, after, limit });
      return this.withTerms(db, own);
    }
    if (!this.isAudience(db, viewer)) return [];
    const statuses = (wanted ?? PUBLIC).filter(isPublic);
    return this.withTerms(db, await listOfferings(db, { statuses, after, limit }));
  }

  async history(db: Db, id: Id<'off'>): Promise<OfferingHistory> {
    return {
      transitions: await listTransitions(db, id),
      reviews: await evidence.listReviews(db, id),
      changes: await evidence.listChanges(db, id),
    };
  }

  /** @throws Problem `offerings.document-not-found`. */
  async document(db: Db, id: Id<'off'>, documentId: Id<'doc'>): Promise<DocumentContent> {
    return evidence.getDocument(db, id, documentId);
  }

  private async withTerms(db: Db, found: readonly Offering[]): Promise<readonly OfferingView[]> {
    const views: OfferingView[] = [];
    for (const offering of found) {
      const version = await this.deps.offerings.getVersion(db, offering.id, offering.version);
      const book = await this.deps.offerings.findBook(db, offering.id);
      views.push({ offering, version, book });
    }
    return views;
  }

  private async maySee(db: Db, offering: Offering, viewer: Viewer): Promise<boolean> {
    const { user } = viewer;
    if (user !== undefined && (isStaff(user) || (await this.isOwn(db, offering, user)))) {
      return true;
    }
    // Whoever subscribed must be able to read why it was withdrawn.
    const wasPublic = offering.status === 'withdrawn' && offering.publishedAt !== undefined;
    return (isPublic(offering.status) || wasPublic) && this.isAudience(db, viewer);
  }

  /** Where nothing may be offered to the public, only people who are verified see anything. */
  private isAudience(db: Db, { isVerified }: Viewer): boolean {
    const { rulebook } = this.deps.offerings.regimeOf(db);
    return audienceUnder(rulebook.id) === 'public' || isVerified;
  }

  private async isOwn(
    db: Db,
    { issuerId }: Pick<Offering, 'issuerId'>,
    { id, roles }: AuthenticatedUser,
  ): Promise<boolean> {
    if (!roles.includes('issuer')) return false;
    return (await this.deps.issuersOf(db, id)).includes(issuerId);
  }
}

export function isStaff(user: AuthenticatedUser): boolean {
  return STAFF.some((role) => user.roles.includes(role));
}
