"""A client that others wrote (georeport, from PyPI) reads our Open311 over HTTP, in both formats.

`opened` is a filled district served by real processes."""

import pytest
from georeport import GeoReport

from tests.districts import Opened

FORMATS = ("json", "xml")


@pytest.mark.prove
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_third_party_client_reads_the_office(opened: Opened) -> None:
    office = opened()
    for output_format in FORMATS:
        client = GeoReport(f"{office.url}/open311/v2", output_format=output_format)
        services = client.get_service_list()
        assert len(services) >= 10
        assert {"service_code", "service_name", "description", "type"} <= set(services[0])
        code = services[0]["service_code"]
        definition = client.get_service_definition(code)
        assert definition["service_code"] == code
        requests = client.get_service_requests()
        assert len(requests) >= 2
        number = requests[0]["service_request_id"]
        assert client.get_service_request(number) == requests[0]
        open_ones = client.get_service_requests(status="open")
        assert {each["status"] for each in open_ones} == {"open"}
        one = client.get_service_requests(service_request_id=number)
        assert (one[0] if isinstance(one, list) else one) == requests[0]
