import type { WarehouseInfo } from '../../workspace/index.ts';

/**
 * A warehouse as the API shows it (code: databricks-sdk-py service/sql.py EndpointInfo). It is always running: the
 * engine starts with the first statement.
 */
export function endpointInfo({ id, name, creator }: WarehouseInfo): object {
  return {
    id,
    name,
    cluster_size: 'Small',
    min_num_clusters: 1,
    max_num_clusters: 1,
    auto_stop_mins: 10,
    creator_name: creator,
    enable_photon: true,
    enable_serverless_compute: true,
    warehouse_type: 'PRO',
    spot_instance_policy: 'COST_OPTIMIZED',
    channel: { name: 'CHANNEL_NAME_CURRENT' },
    state: 'RUNNING',
    num_clusters: 1,
    num_active_sessions: 0,
    odbc_params: { path: `/sql/1.0/warehouses/${id}`, protocol: 'https' },
    health: { status: 'HEALTHY' },
  };
}
