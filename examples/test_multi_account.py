"""An agency that labels for several customers, each with a Scale account of its own."""

import pytest

import scaleapi
from scaleapi.callbacks import is_authentic

# -- the application ----------------------------------------------------------------------------


class Agency:
    """Knows the API key and the callback key of each customer."""

    def __init__(self, api_keys, callback_keys):
        self._clients = {name: scaleapi.ScaleClient(key) for name, key in api_keys.items()}
        self._callback_keys = callback_keys
        self.answers = []

    def ask(self, customer, text):
        return self._clients[customer].create_task(
            scaleapi.TaskType.Categorization,
            attachment_type="text",
            attachment=text,
            categories=["praise", "complaint"],
            unique_id="today",
            callback_url=f"https://agency.example/{customer}",
        )

    def open_tasks(self):
        return {name: client.tasks(status="pending").total for name, client in self.clients()}

    def clients(self):
        return self._clients.items()

    def receive(self, callback):
        """The webhook of all customers; the last part of the path says whose."""
        customer = callback.path.rpartition("/")[2]
        if not is_authentic(callback.headers, self._callback_keys[customer]):
            return 401
        self.answers.append((customer, callback.json["response"]["category"]))
        return 200


# -- its tests ----------------------------------------------------------------------------------

KEYS = {"dairy": "live_dairy_key", "bakery": "live_bakery_key"}

pytestmark = pytest.mark.scale(api_keys=list(KEYS.values()))


@pytest.fixture
def agency(scale):
    callback_keys = {name: scale.account(key).callback_auth_key for name, key in KEYS.items()}
    agency = Agency(KEYS, callback_keys)
    scale.callbacks.deliver_to(agency.receive)
    return agency


def test_customers_do_not_see_each_other_s_tasks(scale, agency):
    dairy = agency.ask("dairy", "Sour milk.")
    agency.ask("bakery", "Lovely bread.")

    assert agency.open_tasks() == {"dairy": 1, "bakery": 1}
    with pytest.raises(scaleapi.ScaleResourceNotFound):
        dict(agency.clients())["bakery"].get_task(dairy.id)


def test_a_unique_id_is_unique_in_its_own_account_alone(scale, agency):
    agency.ask("dairy", "Sour milk.")
    agency.ask("bakery", "Lovely bread.")

    assert [(task.account, task.unique_id) for task in scale.tasks] == [
        ("live_dairy_key", "today"),
        ("live_bakery_key", "today"),
    ]


def test_each_customer_s_callbacks_carry_its_own_key(scale, agency):
    scale.complete(agency.ask("dairy", "Sour milk."), {"category": "complaint"})
    scale.complete(agency.ask("bakery", "Lovely bread."), {"category": "praise"})

    assert agency.answers == [("dairy", "complaint"), ("bakery", "praise")]


def test_a_callback_with_another_customer_s_key_is_refused(scale, agency):
    bakery_key = scale.account("live_bakery_key").callback_auth_key
    scale.account("live_dairy_key").callback_auth_key = bakery_key

    scale.complete(agency.ask("dairy", "Sour milk."))

    assert agency.answers == []
    assert scale.callbacks.last.attempts[0].status == 401


def test_a_key_that_was_revoked_is_refused_by_scale(scale):
    agency = Agency({"butcher": "live_revoked_key"}, {})

    with pytest.raises(scaleapi.ScaleUnauthorized):
        agency.ask("butcher", "Tough.")


def test_a_customer_that_has_not_paid_for_a_product_is_told_apart(scale, agency):
    scale.account("live_dairy_key").disabled_task_types.add("categorization")

    with pytest.raises(scaleapi.ScaleNotEnabled):
        agency.ask("dairy", "Sour milk.")
    agency.ask("bakery", "Lovely bread.")
