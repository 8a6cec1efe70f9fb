import { renderTable } from '../../platform/pdf';
import type { SignedReport } from './report.service';

interface ReportShown {
  readonly operator: { readonly code: string; readonly legalName: string };
  readonly subject: {
    readonly shownName: string;
    readonly identityKind: string;
    readonly identityMasked: string;
    readonly isVerified: boolean;
  };
  readonly recipient: string;
  readonly purpose: string;
  readonly issuedAt: string;
  readonly validUntil: string;
  readonly parts: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

const PART_TITLES: Readonly<Record<string, string>> = {
  applications: 'Applications 借款申请',
  decisions: 'Assessments 评估',
  loans: 'Loans 借款',
  lists: 'Credit lists 信用名单',
};

/** A credit report as a PDF, in English and 简体中文. What is binding is the signed text. */
export async function reportPdf(report: SignedReport): Promise<Buffer> {
  const content = report.content as unknown as ReportShown;
  const { operator, subject } = content;
  const rows = Object.entries(content.parts).flatMap(([part, items]) => {
    const title = PART_TITLES[part] ?? part;
    return items.length === 0
      ? [[title, '–']]
      : items.map((item, index) => [index === 0 ? title : '', shown(item)]);
  });
  return renderTable({
    title: 'Credit report  信用报告',
    facts: [
      ['Issued by 出具机构', `${operator.legalName} (${operator.code})`],
      [
        'Subject 信息主体',
        `${subject.shownName}, ${subject.identityKind} ${subject.identityMasked}`,
      ],
      ['Identity established 身份已核实', subject.isVerified ? 'yes 是' : 'no 否'],
      ['For 接收方', content.recipient],
      ['Purpose 用途', content.purpose],
      ['Issued at 出具时间', content.issuedAt],
      ['Valid until 有效期至', content.validUntil],
    ],
    columns: [
      { heading: 'Part 部分', width: 0.24, align: 'left' },
      { heading: 'Content 内容', width: 0.76, align: 'left' },
    ],
    rows,
    totals: ['', ''],
    notes: [
      `Report 报告: ${report.id}`,
      `SHA-256: ${report.sha256}`,
      `Signed with Ed25519 under key 签名密钥: ${report.keyId}`,
      'The signed text is the report; this page is a picture of it. 以签名文本为准。',
    ],
    madeAt: report.issuedAt,
  });
}

function shown(item: Readonly<Record<string, unknown>>): string {
  return Object.entries(item)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${textOf(value)}`)
    .join('; ');
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const { amount, currency } = value as { readonly amount?: unknown; readonly currency?: unknown };
  return `${String(amount)} ${String(currency)}`;
}
