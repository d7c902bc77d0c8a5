"""Which check looks at which type of metadata."""

from collections.abc import Callable, Iterator, Mapping

from smarketing.metadata.checks.applications import (
    check_application,
    check_queue,
    check_quick_action,
    check_tab,
)
from smarketing.metadata.checks.custom_fields import check_custom_field
from smarketing.metadata.checks.custom_objects import check_custom_object
from smarketing.metadata.checks.dashboards import check_dashboard
from smarketing.metadata.checks.duplicate_rules import check_duplicate_rule, check_matching_rules
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.flows import check_flow
from smarketing.metadata.checks.formulas import check_field_formula, check_validation_rule
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.checks.layouts import check_compact_layout, check_layout, check_search_layouts
from smarketing.metadata.checks.lead_conversion import check_lead_conversion
from smarketing.metadata.checks.list_views import check_list_view
from smarketing.metadata.checks.pages import check_page
from smarketing.metadata.checks.paths import check_path
from smarketing.metadata.checks.permissions import (
    check_custom_permission,
    check_permission_set,
    check_permission_set_group,
)
from smarketing.metadata.checks.picklists import check_global_value_set, check_record_type
from smarketing.metadata.checks.report_types import check_report_type
from smarketing.metadata.checks.reports import check_folder, check_report
from smarketing.metadata.checks.translations import (
    check_field_translation,
    check_object_translation,
    check_translations,
    check_value_set_translation,
)
from smarketing.metadata.checks.web_links import check_web_link
from smarketing.metadata.checks.workflows import check_workflow

Check = Callable[[Inspection], Iterator[Finding]]

CHECKS: Mapping[str, tuple[Check, ...]] = {
    "CompactLayout": (check_compact_layout,),
    "CustomApplication": (check_application,),
    "CustomField": (check_custom_field, check_field_formula),
    "CustomFieldTranslation": (check_field_translation,),
    "CustomObject": (check_custom_object, check_search_layouts),
    "CustomObjectTranslation": (check_object_translation,),
    "CustomPermission": (check_custom_permission,),
    "CustomTab": (check_tab,),
    "Dashboard": (check_dashboard,),
    "DashboardFolder": (check_folder,),
    "DuplicateRule": (check_duplicate_rule,),
    "FlexiPage": (check_page,),
    "Flow": (check_flow,),
    "GlobalValueSet": (check_global_value_set,),
    "GlobalValueSetTranslation": (check_value_set_translation,),
    "Layout": (check_layout,),
    "LeadConvertSettings": (check_lead_conversion,),
    "ListView": (check_list_view,),
    "MatchingRules": (check_matching_rules,),
    "MutingPermissionSet": (check_permission_set,),
    "PathAssistant": (check_path,),
    "PermissionSet": (check_permission_set,),
    "PermissionSetGroup": (check_permission_set_group,),
    "Queue": (check_queue,),
    "QuickAction": (check_quick_action,),
    "RecordType": (check_record_type,),
    "Report": (check_report,),
    "ReportFolder": (check_folder,),
    "ReportType": (check_report_type,),
    "Translations": (check_translations,),
    "ValidationRule": (check_validation_rule,),
    "WebLink": (check_web_link,),
    "Workflow": (check_workflow,),
}
"""By type of the component."""
