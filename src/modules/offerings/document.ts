import type { Id } from '../../kernel/id';

/** What a document is to the law; a rulebook names those an offering must have. */
export const DOCUMENT_KINDS = [
  'form-c',
  'kiis',
  'offering-plan',
  'loan-summary',
  'articles',
  'financial-statements',
  'subscription-agreement',
  'risk-statement',
  'other',
] as const;

export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/**
 * A document of an offering, as its version names it. The hash is the document: whoever
 * acknowledged it acknowledged exactly these bytes.
 */
export interface OfferingDocument {
  readonly id: Id<'doc'>;
  readonly kind: DocumentKind;
  readonly title: string;
  /** SHA-256 of the content, in hexadecimal. */
  readonly sha256: string;
  /** Subscribing takes an acknowledgement of this hash. */
  readonly mustAcknowledge: boolean;
}

/** The document the law asks for under each rulebook, before an offering may be public. */
const DISCLOSURE: Readonly<Record<string, DocumentKind>> = {
  // 17 CFR 227.201, 227.203(a)(1): Form C before the offering begins.
  'us-reg-cf': 'form-c',
  // Regulation (EU) 2020/1503, Article 23: the key investment information sheet.
  'eu-ecspr': 'kiis',
  'cn-equity-private': 'offering-plan',
  // Master Direction NBFC-P2P, paragraph 11(1): what lenders are told of each loan.
  'in-p2p': 'loan-summary',
  // 网络借贷信息中介机构业务活动管理暂行办法, Article 30: borrower, project, risk and outcome.
  'cn-p2p': 'loan-summary',
  // COBS 18.12: information on each peer-to-peer agreement.
  'uk-fca': 'loan-summary',
};

/** Kinds of document an offering under the rulebook cannot do without. */
export function requiredDocuments(rulebookId: string): readonly DocumentKind[] {
  const kind = DISCLOSURE[rulebookId];
  return kind === undefined ? [] : [kind];
}

export function hasDisclosure(rulebookId: string, documents: readonly OfferingDocument[]): boolean {
  return requiredDocuments(rulebookId).every((kind) =>
    documents.some((document) => document.kind === kind),
  );
}

/** Rulebooks under which nothing may be offered to the public, only to people who are verified. */
const PRIVATE_RULEBOOKS: ReadonlySet<string> = new Set([
  'cn-equity-private',
  // Master Direction NBFC-P2P, paragraph 11(1): details of a borrower are for lenders.
  'in-p2p',
]);

/** Who may see an offering's details. */
export function audienceUnder(rulebookId: string): 'public' | 'verified-users' {
  return PRIVATE_RULEBOOKS.has(rulebookId) ? 'verified-users' : 'public';
}
