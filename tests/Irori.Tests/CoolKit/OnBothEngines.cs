namespace Irori.Tests.CoolKit;

public sealed class AuthorizationOnSqlite(SqliteHouse house) : AuthorizationContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class AuthorizationOnPostgres(PostgresHouse house) : AuthorizationContract(house), IClassFixture<PostgresHouse>;

public sealed class RequestsOnSqlite(SqliteHouse house) : RequestContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class RequestsOnPostgres(PostgresHouse house) : RequestContract(house), IClassFixture<PostgresHouse>;

public sealed class SignUpOnSqlite(SqliteHouse house) : SignUpContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class SignUpOnPostgres(PostgresHouse house) : SignUpContract(house), IClassFixture<PostgresHouse>;

public sealed class SessionsOnSqlite(SqliteHouse house) : SessionContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class SessionsOnPostgres(PostgresHouse house) : SessionContract(house), IClassFixture<PostgresHouse>;

public sealed class ThingsOnSqlite(SqliteHouse house) : ThingContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class ThingsOnPostgres(PostgresHouse house) : ThingContract(house), IClassFixture<PostgresHouse>;

public sealed class CommandsOnSqlite(SqliteHouse house) : CommandContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class CommandsOnPostgres(PostgresHouse house) : CommandContract(house), IClassFixture<PostgresHouse>;

public sealed class AddingOnSqlite(SqliteHouse house) : AddContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class AddingOnPostgres(PostgresHouse house) : AddContract(house), IClassFixture<PostgresHouse>;

public sealed class AppConnectionsOnSqlite(SqliteHouse house) : AppConnectionContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class AppConnectionsOnPostgres(PostgresHouse house) : AppConnectionContract(house), IClassFixture<PostgresHouse>;

public sealed class DispatchOnSqlite(SqliteHouse house) : DispatchContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class DispatchOnPostgres(PostgresHouse house) : DispatchContract(house), IClassFixture<PostgresHouse>;

public sealed class DeviceConnectionsOnSqlite(SqliteHouse house) : DeviceConnectionContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class DeviceConnectionsOnPostgres(PostgresHouse house) : DeviceConnectionContract(house), IClassFixture<PostgresHouse>;

public sealed class V1AccountsOnSqlite(SqliteHouse house) : V1AccountContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class V1AccountsOnPostgres(PostgresHouse house) : V1AccountContract(house), IClassFixture<PostgresHouse>;

public sealed class V1InfoOnSqlite(SqliteHouse house) : V1InfoContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class V1InfoOnPostgres(PostgresHouse house) : V1InfoContract(house), IClassFixture<PostgresHouse>;

public sealed class V1GroupsOnSqlite(SqliteHouse house) : V1GroupContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class V1GroupsOnPostgres(PostgresHouse house) : V1GroupContract(house), IClassFixture<PostgresHouse>;

public sealed class V1SharesOnSqlite(SqliteHouse house) : V1ShareContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class V1SharesOnPostgres(PostgresHouse house) : V1ShareContract(house), IClassFixture<PostgresHouse>;

public sealed class V1DevicesOnSqlite(SqliteHouse house) : V1DeviceContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class V1DevicesOnPostgres(PostgresHouse house) : V1DeviceContract(house), IClassFixture<PostgresHouse>;

public sealed class FamiliesOnSqlite(SqliteHouse house) : FamilyContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class FamiliesOnPostgres(PostgresHouse house) : FamilyContract(house), IClassFixture<PostgresHouse>;

public sealed class SharesOnSqlite(SqliteHouse house) : ShareContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class SharesOnPostgres(PostgresHouse house) : ShareContract(house), IClassFixture<PostgresHouse>;

public sealed class MembersOnSqlite(SqliteHouse house) : MemberContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class MembersOnPostgres(PostgresHouse house) : MemberContract(house), IClassFixture<PostgresHouse>;

public sealed class GroupsOnSqlite(SqliteHouse house) : GroupContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class GroupsOnPostgres(PostgresHouse house) : GroupContract(house), IClassFixture<PostgresHouse>;

public sealed class BatchesOnSqlite(SqliteHouse house) : BatchContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class BatchesOnPostgres(PostgresHouse house) : BatchContract(house), IClassFixture<PostgresHouse>;

public sealed class HomepagesOnSqlite(SqliteHouse house) : HomepageContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class HomepagesOnPostgres(PostgresHouse house) : HomepageContract(house), IClassFixture<PostgresHouse>;

public sealed class InfosOnSqlite(SqliteHouse house) : InfoContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class InfosOnPostgres(PostgresHouse house) : InfoContract(house), IClassFixture<PostgresHouse>;

public sealed class GsmDevicesOnSqlite(SqliteHouse house) : GsmContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class GsmDevicesOnPostgres(PostgresHouse house) : GsmContract(house), IClassFixture<PostgresHouse>;

public sealed class UpgradesOnSqlite(SqliteHouse house) : UpgradeContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class UpgradesOnPostgres(PostgresHouse house) : UpgradeContract(house), IClassFixture<PostgresHouse>;

public sealed class FirmwaresOnSqlite(SqliteHouse house) : FirmwareContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class FirmwaresOnPostgres(PostgresHouse house) : FirmwareContract(house), IClassFixture<PostgresHouse>;

public sealed class OAuthOnSqlite(SqliteHouse house) : OAuthContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class OAuthOnPostgres(PostgresHouse house) : OAuthContract(house), IClassFixture<PostgresHouse>;

public sealed class FramesOnSqlite(SqliteHouse house) : FrameContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class FramesOnPostgres(PostgresHouse house) : FrameContract(house), IClassFixture<PostgresHouse>;

public sealed class FailuresOnSqlite(FaultySqliteHouse house) : FailureContract(house), IClassFixture<FaultySqliteHouse>;

[Trait("run", "full")]
public sealed class FailuresOnPostgres(FaultyPostgresHouse house) : FailureContract(house), IClassFixture<FaultyPostgresHouse>;

public sealed class ReceiversOnSqlite(SqliteHouse house) : ReceiverContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class ReceiversOnPostgres(PostgresHouse house) : ReceiverContract(house), IClassFixture<PostgresHouse>;

public sealed class SubDevicesOnSqlite(SqliteHouse house) : SubDeviceContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class SubDevicesOnPostgres(PostgresHouse house) : SubDeviceContract(house), IClassFixture<PostgresHouse>;

public sealed class NoticesOnSqlite(SqliteHouse house) : NoticeContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class NoticesOnPostgres(PostgresHouse house) : NoticeContract(house), IClassFixture<PostgresHouse>;

public sealed class TimersOnSqlite(SqliteHouse house) : TimerContract(house), IClassFixture<SqliteHouse>;

[Trait("run", "full")]
public sealed class TimersOnPostgres(PostgresHouse house) : TimerContract(house), IClassFixture<PostgresHouse>;
