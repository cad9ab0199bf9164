import { ApiError } from '../../../emulator/core/index.ts';

/** An error in SCIM's form, which SDKs turn into `SCIM_<status>` (reference identity-auth 8.2). */
export function scimError(status: number, detail: string, scimType?: string): ApiError {
  return new ApiError(status, `SCIM_${status}`, detail, {
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      detail,
      status: String(status),
      ...(scimType === undefined ? {} : { scimType }),
    },
  });
}
