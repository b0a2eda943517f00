import pytest
from company import Company


@pytest.fixture
def company(database_url):
    """A company with a live programme of two mails, on each engine that we promise."""
    company = Company(database_url)
    company.publish()
    yield company
    company.engine.close()


@pytest.fixture
def bare(database_url):
    """A company whose programme a test writes itself."""
    company = Company(database_url)
    yield company
    company.engine.close()
