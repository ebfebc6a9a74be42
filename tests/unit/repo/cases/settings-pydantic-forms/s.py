from pydantic import AliasChoices, BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Db(BaseModel):
    host: str
    port: int = 5432


class Base(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")


class S(Base):
    region: str


class N(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="N_", env_nested_delimiter="__")
    db: Db
    dsn: str = Field(validation_alias=AliasChoices("PG_DSN", "DATABASE_URL"))
    key: str = Field(..., alias="API_KEY")


class V1(BaseSettings):
    redis: str = Field(..., env="REDIS_DSN")
    many: str = Field("x", env=["ONE_A", "ONE_B"])
    other: str

    class Config:
        env_prefix = "OLD_"
        fields = {"other": {"env": "OTHER_ENV"}}
