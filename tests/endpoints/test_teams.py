"""Who is on a team: invitations, their expiry, roles, and what the dashboard does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scaleapi_testing import IllegalTransition, NoSuchRecord

OWNER = {
    "email": "owner@example.com",
    "role": "admin",
    "firstName": "Account",
    "lastName": "Owner",
    "company": "Example Company",
    "disableRapidEmails": False,
    "isStudioLabeler": False,
}

pytestmark = pytest.mark.scale(start_time=datetime(2026, 3, 2, 9, tzinfo=UTC))


@pytest.fixture
def invite(api):
    def invite_people(*emails, role="member"):
        body = {"emails": list(emails), "team_role": role}
        answer = api("POST", "/v1/teams/invite", body)
        assert answer.status == 200, answer.text
        return answer.json

    return invite_people


def emails(answer):
    return [one["email"] for one in answer.json]


def test_a_team_starts_with_its_owner(api):
    answer = api("GET", "/v1/teams")

    assert (answer.status, answer.json) == (200, [OWNER])


def test_a_test_key_may_list_its_team(api):
    assert emails(api.under("test_k")("GET", "/v1/teams")) == ["owner@example.com"]


def test_the_owner_has_the_address_that_the_account_is_given(scale, api):
    scale.account("live_fake").email = "boss@corp.example"

    assert emails(api("GET", "/v1/teams")) == ["boss@corp.example"]


def test_an_invited_person_is_listed_with_the_end_of_the_invitation(invite):
    assert invite("ann@x.io") == [
        OWNER,
        {
            "email": "ann@x.io",
            "role": "member",
            "disableRapidEmails": False,
            "isStudioLabeler": False,
            "expiry": "2026-03-09T09:00:00.000Z",
        },
    ]


def test_only_labelers_are_studio_labelers(invite):
    assert [one["isStudioLabeler"] for one in invite("ann@x.io", role="labeler")] == [False, True]


def test_people_on_the_team_are_left_as_they_are_by_an_invitation(scale, api, invite):
    invite("ann@x.io", role="labeler")
    scale.clock.advance(days=1)

    everybody = invite("ann@x.io", "owner@example.com", role="manager")

    assert [(one["email"], one["role"]) for one in everybody] == [
        ("owner@example.com", "admin"),
        ("ann@x.io", "labeler"),
    ]
    assert everybody[1]["expiry"] == "2026-03-09T09:00:00.000Z"


def test_one_invitation_names_each_address_once(invite):
    assert len(invite("ann@x.io", "ann@x.io")) == 2


def test_addresses_may_stand_in_the_query_as_the_documentation_lists_them(api):
    answer = api(
        "POST",
        "/v1/teams/invite",
        params={"emails": ["ann@x.io", "bo@x.io"], "team_role": "member"},
    )

    assert answer.status == 200
    assert emails(answer) == ["owner@example.com", "ann@x.io", "bo@x.io"]


def test_teams_of_two_keys_are_two_teams(api, invite):
    invite("ann@x.io")

    assert emails(api.under("live_other")("GET", "/v1/teams")) == ["owner1@example.com"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"team_role": "member"}, "Please include an emails parameter."),
        ({"emails": [], "team_role": "member"}, "Please include an emails parameter."),
        (
            {"emails": "ann@x.io", "team_role": "member"},
            "Invalid emails - expected array of strings.",
        ),
        ({"emails": [1], "team_role": "member"}, "Invalid emails - expected array of strings."),
        ({"emails": ["ann@x.io"]}, "Please include a team_role parameter."),
        ({"emails": ["ann@x.io"], "team_role": 1}, "Invalid team_role - expected string."),
        (
            {"emails": ["ann@x.io"], "team_role": "admin"},
            "Invalid team_role - please choose one of these: labeler member manager",
        ),
        (
            {"emails": ["ann"], "team_role": "member"},
            "Invalid emails - expected array of email addresses.",
        ),
    ],
)
def test_a_wrong_invitation_is_refused(api, body, error):
    answer = api("POST", "/v1/teams/invite", body)

    assert (answer.status, answer.error) == (400, error)
    assert emails(api("GET", "/v1/teams")) == ["owner@example.com"]


def test_a_role_can_be_changed(api, invite):
    invite("ann@x.io", "bo@x.io")
    body = {"emails": ["ann@x.io"], "team_role": "manager"}

    answer = api("POST", "/v1/teams/set_role", body)

    assert [one["role"] for one in answer.json] == ["admin", "manager", "member"]


def test_a_disabled_person_stays_listed_and_can_be_given_a_role_again(api, invite):
    invite("ann@x.io")
    body = {"emails": ["ann@x.io"], "team_role": "disabled"}

    disabled = api("POST", "/v1/teams/set_role", body).json[1]
    again = api("POST", "/v1/teams/set_role", body | {"team_role": "labeler"}).json[1]

    assert disabled["role"] == "disabled"
    assert "expiry" not in disabled
    assert again["role"] == "labeler"


@pytest.mark.parametrize(
    ("emails_sent", "error"),
    [
        (["ann@x.io", "cy@x.io"], "Teammate cy@x.io does not exist."),
        (["ann@x.io", "owner@example.com"], "The role of an admin cannot be changed."),
    ],
)
def test_roles_are_changed_for_all_or_for_nobody(api, invite, emails_sent, error):
    invite("ann@x.io")

    answer = api("POST", "/v1/teams/set_role", {"emails": emails_sent, "team_role": "manager"})

    assert (answer.status, answer.error) == (400, error)
    assert [one["role"] for one in api("GET", "/v1/teams").json] == ["admin", "member"]


def test_nobody_can_be_made_an_admin(api, invite):
    invite("ann@x.io")

    answer = api("POST", "/v1/teams/set_role", {"emails": ["ann@x.io"], "team_role": "admin"})

    assert (answer.status, answer.error) == (
        400,
        "Invalid team_role - please choose one of these: labeler member manager disabled",
    )


def test_an_unknown_address_is_answered_with_the_nearest_in_the_journal(scale, api, invite):
    invite("ann@x.io")

    api("POST", "/v1/teams/set_role", {"emails": ["anne@x.io"], "team_role": "manager"})

    assert scale.requests.last.notices == [
        "nobody on the team of live_f… has the address 'anne@x.io'; nearest: ann@x.io"
    ]


def test_an_accepted_invitation_has_no_end(scale, api, invite):
    invite("ann@x.io")

    teammate = scale.accept_invitation("ann@x.io")
    scale.clock.advance(days=30)

    assert teammate.expiry is None
    assert emails(api("GET", "/v1/teams")) == ["owner@example.com", "ann@x.io"]


def test_an_invitation_lapses_after_seven_days_and_can_be_made_anew(scale, api, invite):
    invite("ann@x.io")

    scale.clock.advance(timedelta(days=7) - timedelta(milliseconds=1))
    assert len(api("GET", "/v1/teams").json) == 2
    scale.clock.advance(milliseconds=1)
    assert len(api("GET", "/v1/teams").json) == 1

    assert invite("ann@x.io")[1]["expiry"] == "2026-03-16T09:00:00.000Z"


def test_the_end_of_an_invitation_is_no_event(scale, invite):
    invite("ann@x.io")

    scale.clock.run_until_idle()

    assert scale.timeline.pending() == []
    assert scale.clock.now() == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_lapsed_invitation_cannot_be_accepted(scale, invite):
    invite("ann@x.io")
    scale.clock.advance(days=8)

    with pytest.raises(NoSuchRecord) as caught:
        scale.accept_invitation("ann@x.io")

    assert str(caught.value) == (
        "the invitation of ann@x.io lapsed at 2026-03-09T09:00:00.000Z: it was not accepted in "
        "time; invite again"
    )


def test_an_invitation_is_accepted_once(scale, invite):
    invite("ann@x.io")
    scale.accept_invitation("ann@x.io")

    with pytest.raises(IllegalTransition) as caught:
        scale.accept_invitation("ann@x.io")

    assert str(caught.value) == (
        "cannot accept the invitation of ann@x.io: ann@x.io is on the team already, as member"
    )
    assert (caught.value.status, caught.value.move) == ("member", "accept_invitation")


def test_a_disabled_person_cannot_accept(scale, invite):
    invite("ann@x.io")
    scale.disable_teammate("ann@x.io")

    with pytest.raises(IllegalTransition, match="the account is disabled"):
        scale.accept_invitation("ann@x.io")


def test_an_admin_can_disable_a_person_but_not_the_owner(scale, api, invite):
    invite("ann@x.io")

    assert scale.disable_teammate("ann@x.io").role == "disabled"
    assert scale.disable_teammate("ann@x.io").role == "disabled"
    with pytest.raises(IllegalTransition, match="is its one admin"):
        scale.disable_teammate("owner@example.com")
    assert [one["role"] for one in api("GET", "/v1/teams").json] == ["admin", "disabled"]


def test_a_stranger_is_answered_with_the_nearest_address(scale, invite):
    invite("ann@x.io")

    with pytest.raises(NoSuchRecord, match=r"nearest: ann@x\.io"):
        scale.accept_invitation("anne@x.io")


def test_an_address_of_two_teams_needs_the_account(scale, api, invite):
    invite("ann@x.io")
    body = {"emails": ["ann@x.io"], "team_role": "member"}
    api.under("live_other")("POST", "/v1/teams/invite", body)

    with pytest.raises(NoSuchRecord) as caught:
        scale.accept_invitation("ann@x.io")
    accepted = scale.accept_invitation("ann@x.io", account="live_other")

    assert str(caught.value) == (
        "2 accounts have a teammate 'ann@x.io' (live_f…, live_o…); name one: account=..."
    )
    assert accepted.account == "live_other"
    assert scale.teammates.get("ann@x.io", "live_fake").expiry is not None


def test_an_address_is_a_string(scale, invite):
    with pytest.raises(TypeError, match="give an e-mail address, not int 3"):
        scale.accept_invitation(3)


def test_the_view_shows_everybody_live(scale, invite):
    invite("ann@x.io", role="labeler")
    ann = scale.teammates["ann@x.io"]

    scale.disable_teammate("ann@x.io")

    assert len(scale.teammates) == 2
    assert ann.role == "disabled"
    assert scale.teammates(role="admin") == [scale.teammates[0]]
    assert repr(ann) == "<teammate ann@x.io disabled of live_f…>"
    assert ann.as_dict() == {
        "email": "ann@x.io",
        "role": "disabled",
        "disableRapidEmails": False,
        "isStudioLabeler": False,
    }


def test_the_client_reads_the_team(scale_client):
    scale_client.invite_teammates(["ann@x.io"], "labeler")

    people = scale_client.update_teammates_role(["ann@x.io"], "manager")

    assert [(one.email, one.role) for one in people] == [
        ("owner@example.com", "admin"),
        ("ann@x.io", "manager"),
    ]


@pytest.mark.scale(strict=True)
def test_a_strict_fake_refuses_a_parameter_that_nothing_reads(api):
    body = {"emails": ["ann@x.io"], "team_role": "member", "role": "member"}

    answer = api("POST", "/v1/teams/invite", body)

    assert (answer.status, answer.error) == (
        400,
        "strict: parameter role (nearest: team_role) is read by nothing",
    )
    assert emails(api("GET", "/v1/teams")) == ["owner@example.com"]


def test_a_snapshot_holds_the_team(scale, api, invite):
    invite("ann@x.io")
    before = scale.snapshot()
    scale.accept_invitation("ann@x.io")
    invite("bo@x.io")

    scale.restore(before)

    assert emails(api("GET", "/v1/teams")) == ["owner@example.com", "ann@x.io"]
    assert scale.teammates["ann@x.io"].expiry == "2026-03-09T09:00:00.000Z"


def test_a_dump_holds_the_team(scale, invite, tmp_path):
    invite("ann@x.io")
    scale.dump(tmp_path / "state.json")

    loaded = type(scale).load(tmp_path / "state.json")

    assert [one.email for one in loaded.teammates] == ["owner@example.com", "ann@x.io"]
