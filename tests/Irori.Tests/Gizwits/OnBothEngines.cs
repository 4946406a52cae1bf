namespace Irori.Tests.Gizwits;

public sealed class BasesOnSqlite(SqliteGizwits house) : BaseContract(house), IClassFixture<SqliteGizwits>;

[Trait("run", "full")]
public sealed class BasesOnPostgres(PostgresGizwits house) : BaseContract(house), IClassFixture<PostgresGizwits>;

public sealed class UsersOnSqlite(SqliteGizwits house) : UserContract(house), IClassFixture<SqliteGizwits>;

[Trait("run", "full")]
public sealed class UsersOnPostgres(PostgresGizwits house) : UserContract(house), IClassFixture<PostgresGizwits>;

public sealed class CodesOnSqlite(SqliteGizwits house) : CodeContract(house), IClassFixture<SqliteGizwits>;

[Trait("run", "full")]
public sealed class CodesOnPostgres(PostgresGizwits house) : CodeContract(house), IClassFixture<PostgresGizwits>;

public sealed class BindingsOnSqlite(SqliteGizwits house) : BindingContract(house), IClassFixture<SqliteGizwits>;

[Trait("run", "full")]
public sealed class BindingsOnPostgres(PostgresGizwits house) : BindingContract(house), IClassFixture<PostgresGizwits>;

public sealed class MonitoringOnSqlite(SqliteGizwits house) : MonitoringContract(house), IClassFixture<SqliteGizwits>;

[Trait("run", "full")]
public sealed class MonitoringOnPostgres(PostgresGizwits house) : MonitoringContract(house), IClassFixture<PostgresGizwits>;

public sealed class GroupsOnSqlite(SqliteGizwits house) : GroupContract(house), IClassFixture<SqliteGizwits>;

[Trait("run", "full")]
public sealed class GroupsOnPostgres(PostgresGizwits house) : GroupContract(house), IClassFixture<PostgresGizwits>;

public sealed class MessagesOnSqlite(SqliteGizwits house) : MessageContract(house), IClassFixture<SqliteGizwits>;

[Trait("run", "full")]
public sealed class MessagesOnPostgres(PostgresGizwits house) : MessageContract(house), IClassFixture<PostgresGizwits>;

public sealed class SharesOnSqlite(SqliteGizwits house) : SharingContract(house), IClassFixture<SqliteGizwits>;

[Trait("run", "full")]
public sealed class SharesOnPostgres(PostgresGizwits house) : SharingContract(house), IClassFixture<PostgresGizwits>;

public sealed class SchedulersOnSqlite(SqliteGizwits house) : SchedulerContract(house), IClassFixture<SqliteGizwits>;

[Trait("run", "full")]
public sealed class SchedulersOnPostgres(PostgresGizwits house) : SchedulerContract(house), IClassFixture<PostgresGizwits>;

public sealed class ScenesOnSqlite(SqliteGizwits house) : SceneContract(house), IClassFixture<SqliteGizwits>;

[Trait("run", "full")]
public sealed class ScenesOnPostgres(PostgresGizwits house) : SceneContract(house), IClassFixture<PostgresGizwits>;

public sealed class RulesOnSqlite(SqliteGizwits house) : RuleContract(house), IClassFixture<SqliteGizwits>;

[Trait("run", "full")]
public sealed class RulesOnPostgres(PostgresGizwits house) : RuleContract(house), IClassFixture<PostgresGizwits>;

public sealed class AggregatesOnSqlite(SqliteGizwits house) : AggregateContract(house), IClassFixture<SqliteGizwits>;

[Trait("run", "full")]
public sealed class AggregatesOnPostgres(PostgresGizwits house) : AggregateContract(house), IClassFixture<PostgresGizwits>;

public sealed class RealtimeOnSqlite(SqliteGizwits house) : RealtimeContract(house), IClassFixture<SqliteGizwits>;

[Trait("run", "full")]
public sealed class RealtimeOnPostgres(PostgresGizwits house) : RealtimeContract(house), IClassFixture<PostgresGizwits>;

public sealed class ShareModelsOnSqlite(SqliteGizwits house, ITestOutputHelper output) : ShareModelContract(house, output), IClassFixture<SqliteGizwits>;

[Trait("run", "full")]
public sealed class ShareModelsOnPostgres(PostgresGizwits house, ITestOutputHelper output) : ShareModelContract(house, output), IClassFixture<PostgresGizwits>;

public sealed class RealtimeFramesOnSqlite(SqliteGizwits house) : RealtimeFrameContract(house), IClassFixture<SqliteGizwits>;

[Trait("run", "full")]
public sealed class RealtimeFramesOnPostgres(PostgresGizwits house) : RealtimeFrameContract(house), IClassFixture<PostgresGizwits>;
