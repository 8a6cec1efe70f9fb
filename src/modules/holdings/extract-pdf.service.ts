import { rateText, type Rate } from '../../kernel/rate';
import { renderTable } from '../../platform/pdf';
import type { RegisterExtract } from './extract';

/** The extract as a PDF, in English and 简体中文. The same extract makes the same bytes. */
export async function extractPdf(extract: RegisterExtract): Promise<Buffer> {
  const { instrument, lines, outstanding } = extract;
  return renderTable({
    title: 'Extract from the register of holders  持有人名册摘录',
    facts: factsOf(extract),
    columns: [
      { heading: 'No. 序号', width: 0.09, align: 'left' },
      { heading: 'Holder 持有人', width: 0.36, align: 'left' },
      { heading: 'Number 编号', width: 0.31, align: 'left' },
      { heading: 'Units 数量', width: 0.12, align: 'right' },
      { heading: 'Share % 占比', width: 0.12, align: 'right' },
    ],
    rows: lines.map(({ investorId, name, units, share }, index) => [
      String(index + 1),
      name,
      investorId,
      grouped(units),
      share,
    ]),
    totals: [
      '',
      'Total 合计',
      '',
      grouped(outstanding),
      outstanding === 0n ? '0.0000' : '100.0000',
    ],
    notes: notesOf(extract, instrument.id),
    madeAt: extract.madeAt,
  });
}

function factsOf(extract: RegisterExtract): readonly (readonly [string, string])[] {
  const { instrument, issuerName, asOf, issued, cancelled, holderCount, position } = extract;
  const { parValue, currency, authorisedUnits } = instrument;
  return [
    ['Issuer 发行人', issuerName],
    ['Instrument 证券', `${instrument.name} (${instrument.kind})`],
    ['Nominal value 面值', parValue ? `${shown(parValue)} ${currency}` : 'none 无'],
    ['Authorised 授权数量', authorisedUnits === undefined ? '–' : grouped(authorisedUnits)],
    ['Issued 已发行', grouped(issued)],
    ['Cancelled 已注销', grouped(cancelled)],
    ['Holders 持有人数', String(holderCount)],
    ['As of 截至', asOf.toISOString()],
    ['Entries 登记条数', position.toString()],
  ];
}

function notesOf(extract: RegisterExtract, instrumentId: string): readonly string[] {
  return [
    `Register 名册: ${instrumentId}`,
    `Hash of its last entry 末条登记的哈希 (SHA-256): ${extract.headHash ?? '–'}`,
    ...(extract.names === 'masked'
      ? ['Names are masked: this reader may tell holders apart, not know them. 姓名已脱敏。']
      : []),
    'Shares are rounded by the largest remainder and sum to 100. 占比按最大余数法取整，合计为 100。',
    `Made 制作时间: ${extract.madeAt.toISOString()}`,
  ];
}

function shown(value: Rate): string {
  return rateText(value, value.decimalPlaces());
}

/** `1234567` as `1 234 567`: neither language's separator, so that nobody misreads it. */
function grouped(units: bigint): string {
  return units.toString().replace(/\B(?=(\d{3})+$)/g, ' ');
}
