from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.base import OwnBaseSettings


class Database(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_DATABASE_")

    url: str
    pool_size: int = 5
    token: str = Field(..., validation_alias=AliasChoices("DATABASE_TOKEN", "DB_TOKEN"))
    timeout: int = Field(default=30)


class Mail(BaseSettings):
    class Config:
        env_prefix = "MAIL_"

    sender: str


class Plain(BaseSettings):
    plain_name: str


class Computed(BaseSettings):
    model_config = settings_config("computed")

    hidden_one: str


class Owned(OwnBaseSettings):
    hidden_two: str
