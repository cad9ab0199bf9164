/**
 * Structures of the service TCLIService as data: `id name type`, with `!` after names that readers insist on.
 * Ids, names and types are facts of the interface (code: databricks-sql-go, databricks-jdbc TCLIService); ids of 1281
 * and more are Databricks' own. Enums are `i32`, unions are structures with one field set.
 */
export const structures: Readonly<Record<string, string>> = {
  TTypeQualifierValue: '1 i32Value i32, 2 stringValue string',
  TTypeQualifiers: '1 qualifiers! map<string,TTypeQualifierValue>',
  TPrimitiveTypeEntry: '1 type! i32, 2 typeQualifiers TTypeQualifiers',
  TArrayTypeEntry: '1 objectTypePtr! i32',
  TMapTypeEntry: '1 keyTypePtr! i32, 2 valueTypePtr! i32',
  TStructTypeEntry: '1 nameToTypePtr! map<string,i32>',
  TUnionTypeEntry: '1 nameToTypePtr! map<string,i32>',
  TUserDefinedTypeEntry: '1 typeClassName! string',
  TTypeEntry:
    '1 primitiveEntry TPrimitiveTypeEntry, 2 arrayEntry TArrayTypeEntry, 3 mapEntry TMapTypeEntry, 4 structEntry TStructTypeEntry, 5 unionEntry TUnionTypeEntry, 6 userDefinedTypeEntry TUserDefinedTypeEntry',
  TTypeDesc: '1 types! list<TTypeEntry>',
  TColumnDesc: '1 columnName! string, 2 typeDesc! TTypeDesc, 3 position! i32, 4 comment string',
  TTableSchema: '1 columns! list<TColumnDesc>',
  TBoolValue: '1 value bool',
  TByteValue: '1 value byte',
  TI16Value: '1 value i16',
  TI32Value: '1 value i32',
  TI64Value: '1 value i64',
  TDoubleValue: '1 value double',
  TStringValue: '1 value string',
  TColumnValue:
    '1 boolVal TBoolValue, 2 byteVal TByteValue, 3 i16Val TI16Value, 4 i32Val TI32Value, 5 i64Val TI64Value, 6 doubleVal TDoubleValue, 7 stringVal TStringValue',
  TRow: '1 colVals! list<TColumnValue>',
  TBoolColumn: '1 values! list<bool>, 2 nulls! binary',
  TByteColumn: '1 values! list<byte>, 2 nulls! binary',
  TI16Column: '1 values! list<i16>, 2 nulls! binary',
  TI32Column: '1 values! list<i32>, 2 nulls! binary',
  TI64Column: '1 values! list<i64>, 2 nulls! binary',
  TDoubleColumn: '1 values! list<double>, 2 nulls! binary',
  TStringColumn: '1 values! list<string>, 2 nulls! binary',
  TBinaryColumn: '1 values! list<binary>, 2 nulls! binary',
  TColumn:
    '1 boolVal TBoolColumn, 2 byteVal TByteColumn, 3 i16Val TI16Column, 4 i32Val TI32Column, 5 i64Val TI64Column, 6 doubleVal TDoubleColumn, 7 stringVal TStringColumn, 8 binaryVal TBinaryColumn',
  TDBSqlJsonArrayFormat: '1 compressionCodec i32',
  TDBSqlCsvFormat: '1 compressionCodec i32',
  TDBSqlArrowFormat: '1 arrowLayout i32, 2 compressionCodec i32',
  TDBSqlResultFormat:
    '1 arrowFormat TDBSqlArrowFormat, 2 csvFormat TDBSqlCsvFormat, 3 jsonArrayFormat TDBSqlJsonArrayFormat',
  TSparkArrowBatch: '1 batch! binary, 2 rowCount! i64',
  TSparkArrowResultLink:
    '1 fileLink! string, 2 expiryTime! i64, 3 startRowOffset! i64, 4 rowCount! i64, 5 bytesNum! i64, 6 httpHeaders map<string,string>',
  TRowSet:
    '1 startRowOffset! i64, 2 rows! list<TRow>, 3 columns list<TColumn>, 4 binaryColumns binary, 5 columnCount i32, 1281 arrowBatches list<TSparkArrowBatch>, 1282 resultLinks list<TSparkArrowResultLink>',
  TStatus:
    '1 statusCode! i32, 2 infoMessages list<string>, 3 sqlState string, 4 errorCode i32, 5 errorMessage string, 6 displayMessage string, 1281 errorDetailsJson string',
  TNamespace: '1 catalogName string, 2 schemaName string',
  THandleIdentifier: '1 guid! binary, 2 secret! binary',
  TSessionHandle: '1 sessionId! THandleIdentifier, 3329 serverProtocolVersion i32',
  TOperationHandle:
    '1 operationId! THandleIdentifier, 2 operationType! i32, 3 hasResultSet! bool, 4 modifiedRowCount double',
  TOpenSessionReq:
    '1 client_protocol i32, 2 username string, 3 password string, 4 configuration map<string,string>, 1281 getInfos list<i32>, 1282 client_protocol_i64 i64, 1283 connectionProperties map<string,string>, 1284 initialNamespace TNamespace, 1285 canUseMultipleCatalogs bool',
  TOpenSessionResp:
    '1 status! TStatus, 2 serverProtocolVersion! i32, 3 sessionHandle TSessionHandle, 4 configuration map<string,string>, 1281 getInfos list<TGetInfoValue>, 1284 initialNamespace TNamespace, 1285 canUseMultipleCatalogs bool',
  TCloseSessionReq: '1 sessionHandle! TSessionHandle',
  TCloseSessionResp: '1 status! TStatus',
  TGetInfoValue:
    '1 stringValue string, 2 smallIntValue i16, 3 integerBitmask i32, 4 integerFlag i32, 5 binaryValue i32, 6 lenValue i64',
  TGetInfoReq: '1 sessionHandle! TSessionHandle, 2 infoType! i32',
  TGetInfoResp: '1 status! TStatus, 2 infoValue! TGetInfoValue',
  TSparkGetDirectResults: '1 maxRows! i64, 2 maxBytes i64',
  TSparkDirectResults:
    '1 operationStatus TGetOperationStatusResp, 2 resultSetMetadata TGetResultSetMetadataResp, 3 resultSet TFetchResultsResp, 4 closeOperation TCloseOperationResp',
  TSparkArrowTypes:
    '1 timestampAsArrow bool, 2 decimalAsArrow bool, 3 complexTypesAsArrow bool, 4 intervalTypesAsArrow bool, 5 nullTypeAsArrow bool',
  TExecuteStatementReq:
    '1 sessionHandle! TSessionHandle, 2 statement! string, 3 confOverlay map<string,string>, 4 runAsync bool, 5 queryTimeout i64, 1281 getDirectResults TSparkGetDirectResults, 1282 canReadArrowResult bool, 1283 canDownloadResult bool, 1284 canDecompressLZ4Result bool, 1285 maxBytesPerFile i64, 1286 useArrowNativeTypes TSparkArrowTypes, 1287 resultRowLimit i64, 1288 parameters list<TSparkParameter>, 1289 maxBytesPerBatch i64, 1296 statementConf TStatementConf, 3353 enforceEmbeddedSchemaCorrectness bool',
  TSparkParameterValue: '1 stringValue string, 2 doubleValue double, 3 booleanValue bool',
  TSparkParameterValueArg: '1 type string, 2 value string, 3 arguments list<TSparkParameterValueArg>',
  TSparkParameter:
    '1 ordinal i32, 2 name string, 3 type string, 4 value TSparkParameterValue, 5 arguments list<TSparkParameterValueArg>',
  TStatementConf:
    '1 sessionless bool, 2 initialNamespace TNamespace, 3 client_protocol i32, 4 client_protocol_i64 i64',
  TExecuteStatementResp:
    '1 status! TStatus, 2 operationHandle TOperationHandle, 1281 directResults TSparkDirectResults',
  TGetTypeInfoReq:
    '1 sessionHandle! TSessionHandle, 1281 getDirectResults TSparkGetDirectResults, 1282 runAsync bool',
  TGetTypeInfoResp:
    '1 status! TStatus, 2 operationHandle TOperationHandle, 1281 directResults TSparkDirectResults',
  TGetCatalogsReq:
    '1 sessionHandle! TSessionHandle, 1281 getDirectResults TSparkGetDirectResults, 1282 runAsync bool',
  TGetCatalogsResp:
    '1 status! TStatus, 2 operationHandle TOperationHandle, 1281 directResults TSparkDirectResults',
  TGetSchemasReq:
    '1 sessionHandle! TSessionHandle, 2 catalogName string, 3 schemaName string, 1281 getDirectResults TSparkGetDirectResults, 1282 runAsync bool',
  TGetSchemasResp:
    '1 status! TStatus, 2 operationHandle TOperationHandle, 1281 directResults TSparkDirectResults',
  TGetTablesReq:
    '1 sessionHandle! TSessionHandle, 2 catalogName string, 3 schemaName string, 4 tableName string, 5 tableTypes list<string>, 1281 getDirectResults TSparkGetDirectResults, 1282 runAsync bool',
  TGetTablesResp:
    '1 status! TStatus, 2 operationHandle TOperationHandle, 1281 directResults TSparkDirectResults',
  TGetTableTypesReq:
    '1 sessionHandle! TSessionHandle, 1281 getDirectResults TSparkGetDirectResults, 1282 runAsync bool',
  TGetTableTypesResp:
    '1 status! TStatus, 2 operationHandle TOperationHandle, 1281 directResults TSparkDirectResults',
  TGetColumnsReq:
    '1 sessionHandle! TSessionHandle, 2 catalogName string, 3 schemaName string, 4 tableName string, 5 columnName string, 1281 getDirectResults TSparkGetDirectResults, 1282 runAsync bool',
  TGetColumnsResp:
    '1 status! TStatus, 2 operationHandle TOperationHandle, 1281 directResults TSparkDirectResults',
  TGetFunctionsReq:
    '1 sessionHandle! TSessionHandle, 2 catalogName string, 3 schemaName string, 4 functionName! string, 1281 getDirectResults TSparkGetDirectResults, 1282 runAsync bool',
  TGetFunctionsResp:
    '1 status! TStatus, 2 operationHandle TOperationHandle, 1281 directResults TSparkDirectResults',
  TGetPrimaryKeysReq:
    '1 sessionHandle! TSessionHandle, 2 catalogName string, 3 schemaName string, 4 tableName string, 1281 getDirectResults TSparkGetDirectResults, 1282 runAsync bool',
  TGetPrimaryKeysResp:
    '1 status! TStatus, 2 operationHandle TOperationHandle, 1281 directResults TSparkDirectResults',
  TGetCrossReferenceReq:
    '1 sessionHandle! TSessionHandle, 2 parentCatalogName string, 3 parentSchemaName string, 4 parentTableName string, 5 foreignCatalogName string, 6 foreignSchemaName string, 7 foreignTableName string, 1281 getDirectResults TSparkGetDirectResults, 1282 runAsync bool',
  TGetCrossReferenceResp:
    '1 status! TStatus, 2 operationHandle TOperationHandle, 1281 directResults TSparkDirectResults',
  TGetOperationStatusReq: '1 operationHandle! TOperationHandle, 2 getProgressUpdate bool',
  TGetOperationStatusResp:
    '1 status! TStatus, 2 operationState i32, 3 sqlState string, 4 errorCode i32, 5 errorMessage string, 6 taskStatus string, 7 operationStarted i64, 8 operationCompleted i64, 9 hasResultSet bool, 10 progressUpdateResponse TProgressUpdateResp, 11 numModifiedRows i64, 1281 displayMessage string, 1282 diagnosticInfo string, 1283 errorDetailsJson string',
  TCancelOperationReq: '1 operationHandle! TOperationHandle',
  TCancelOperationResp: '1 status! TStatus',
  TCloseOperationReq: '1 operationHandle! TOperationHandle',
  TCloseOperationResp: '1 status! TStatus',
  TGetResultSetMetadataReq: '1 operationHandle! TOperationHandle',
  TGetResultSetMetadataResp:
    '1 status! TStatus, 2 schema TTableSchema, 1281 resultFormat i32, 1282 lz4Compressed bool, 1283 arrowSchema binary, 1284 cacheLookupResult i32, 1285 uncompressedBytes i64, 1286 compressedBytes i64, 1287 isStagingOperation bool',
  TFetchResultsReq:
    '1 operationHandle! TOperationHandle, 2 orientation! i32, 3 maxRows! i64, 4 fetchType i16, 1281 maxBytes i64, 1282 startRowOffset i64, 1283 includeResultSetMetadata bool',
  TFetchResultsResp:
    '1 status! TStatus, 2 hasMoreRows bool, 3 results TRowSet, 1281 resultSetMetadata TGetResultSetMetadataResp',
  TGetDelegationTokenReq: '1 sessionHandle! TSessionHandle, 2 owner! string, 3 renewer! string',
  TGetDelegationTokenResp: '1 status! TStatus, 2 delegationToken string',
  TCancelDelegationTokenReq: '1 sessionHandle! TSessionHandle, 2 delegationToken! string',
  TCancelDelegationTokenResp: '1 status! TStatus',
  TRenewDelegationTokenReq: '1 sessionHandle! TSessionHandle, 2 delegationToken! string',
  TRenewDelegationTokenResp: '1 status! TStatus',
  TProgressUpdateResp:
    '1 headerNames! list<string>, 2 rows! list<list<string>>, 3 progressedPercentage! double, 4 status! i32, 5 footerSummary! string, 6 startTime! i64',
};
