export { documentHash, renderTable, type TableColumn, type TableDocument } from './table-document';
