"""Minutes and waves: what the history shows without reading every sample; and checkpoints that only shorten a restart.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables. What was recorded before has no minutes; its blocks hold every sample."""
    op.add_column("checkpoint", sa.Column("passing", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "minute",
        sa.Column("chair", sa.Text, primary_key=True),
        sa.Column("vital", sa.Text, primary_key=True),
        sa.Column("minute", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("wall", sa.BigInteger, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("low", sa.Float(53), nullable=True),
        sa.Column("high", sa.Float(53), nullable=True),
        sa.Column("mean", sa.Float(53), nullable=True),
        sa.Column("seconds", sa.LargeBinary, nullable=True),
    )
    op.create_index("minute_by_wall", "minute", ["chair", "wall"])
    op.create_table(
        "wave",
        sa.Column("chair", sa.Text, primary_key=True),
        sa.Column("device", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("wall", sa.BigInteger, nullable=False),
        sa.Column("hz", sa.Float(53), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_index("wave_by_wall", "wave", ["wall"])


def downgrade() -> None:
    """Take them out: curves and minutes go, everything else stays."""
    op.drop_table("wave")
    op.drop_table("minute")
    op.drop_column("checkpoint", "passing")
