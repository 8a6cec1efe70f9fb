export { Seal } from './seal';
export { sealPdf } from './sealed-document';
export { documentHash, renderTable, type TableColumn, type TableDocument } from './table-document';
export { renderText, type RenderedText, type TextBlock, type TextDocument } from './text-document';
