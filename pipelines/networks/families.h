#pragma once
// The families that fill the table of networks: each in its own file, each a table of its paper.

#include <vector>

#include "pipelines/networks/registry.h"

namespace lithe {

// Sources of published figures.
constexpr const char* kReadme = "README of the authors";
constexpr const char* kQuoted = "quoted by a later paper";
constexpr const char* kCounted = "counted from the released definition";

std::vector<Network> micronets();   // MicroNet M0-M3 (Li et al., ICCV 2021)
std::vector<Network> mobilenets();  // MobileNetV2 (Sandler et al., CVPR 2018) and with DCD (Li et al., ICLR 2021)
std::vector<Network> resnets();     // ResNet (He et al., CVPR 2016), with DCD, with DRT (Li et al., CVPR 2021)
std::vector<Network> residual_adapter_resnets();  // ResNet-26 of the Visual Decathlon (Rebuffi et al., NeurIPS 2017)
std::vector<Network>
vggs();  // VGG-16 (Simonyan and Zisserman, ICLR 2015), with CovNorm (Li and Vasconcelos, CVPR 2019)

}  // namespace lithe
