import type { Session } from "#domain/session.ts";

/** The columns of a session, without its secret. */
export const SESSION_COLUMNS = "id, user_id, user_agent, create_time, refresh_time, expire_time";

/** A row of {@link SESSION_COLUMNS}. */
export interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly user_agent: string;
  readonly create_time: Date;
  readonly refresh_time: Date;
  readonly expire_time: Date;
}

export function toSession(row: SessionRow): Session {
  return {
    id: row.id,
    userId: row.user_id,
    userAgent: row.user_agent,
    createTime: row.create_time,
    refreshTime: row.refresh_time,
    expireTime: row.expire_time,
  };
}
