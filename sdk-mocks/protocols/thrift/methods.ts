import { executeStatement } from './calls/execute.ts';
import { metadataCall } from './calls/metadata.ts';
import {
  cancelOperation,
  closeOperation,
  fetchResults,
  getOperationStatus,
  getResultSetMetadata,
} from './calls/operations.ts';
import { closeSession, getInfo, openSession } from './calls/session.ts';
import * as list from './metadata/listings.ts';
import type { ThriftMethod } from './service.ts';
import { operationTypes } from './status.ts';

/** The methods of TCLIService that are served. Delegation tokens belong to Hive's own security and are not. */
export const methods: Readonly<Record<string, ThriftMethod>> = {
  OpenSession: openSession,
  CloseSession: closeSession,
  GetInfo: getInfo,
  ExecuteStatement: executeStatement,
  GetOperationStatus: getOperationStatus,
  CancelOperation: cancelOperation,
  CloseOperation: closeOperation,
  GetResultSetMetadata: getResultSetMetadata,
  FetchResults: fetchResults,
  GetTypeInfo: metadataCall(operationTypes.getTypeInfo, list.typeInfo),
  GetCatalogs: metadataCall(operationTypes.getCatalogs, list.catalogs),
  GetSchemas: metadataCall(operationTypes.getSchemas, list.schemas),
  GetTables: metadataCall(operationTypes.getTables, list.tables),
  GetTableTypes: metadataCall(operationTypes.getTableTypes, list.tableTypes),
  GetColumns: metadataCall(operationTypes.getColumns, list.columns),
  GetFunctions: metadataCall(operationTypes.getFunctions, list.functions),
  GetPrimaryKeys: metadataCall(operationTypes.unknown, list.primaryKeys),
  GetCrossReference: metadataCall(operationTypes.unknown, list.crossReference),
};
