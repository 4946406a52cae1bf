using Irori.Core.Accounts;
using Shouldly;

namespace Irori.Tests.Core;

public sealed class LoginTests
{
    [Theory]
    [InlineData("Ann@Example.com ", "ann@example.com")]
    [InlineData("ann+lamps@mail.example.org", "ann+lamps@mail.example.org")]
    public void An_address_is_compared_in_lower_case(string typed, string value) => Login.Email(typed).Value.Value.ShouldBe(value);

    [Theory]
    [InlineData("ann")]
    [InlineData("ann@example")]
    [InlineData("ann@@example.com")]
    [InlineData("x<victim@example.com>")]
    [InlineData("x<victim@example.com")]
    [InlineData("a,b@example.com")]
    [InlineData("\"ann\"@example.com")]
    [InlineData("ann @example.com")]
    public void What_a_mail_program_would_read_as_something_else_is_no_address(string typed) => Login.Email(typed).Fault!.Field.ShouldBe("email");
}
